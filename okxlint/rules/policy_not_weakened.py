"""A change must not loosen the policy that it is judged by.

A pull request that turns a rule off passes that rule, and everything after it does too. With
`--policy-ref` the base's policy rules all the same, but what is merged holds from then on. So each
thing in which the policy is looser than the base's is told, for somebody who answers for it to see.

Found are: a rule that is off, or less severe; an option moved in its looser direction, or one that
has no direction moved at all; both also where overrides say it, for the objects that they fit; a
rule of a plugin, or a custom one, that is gone; a custom rule that asserts something else, or of
fewer objects; a lock that is gone or lower; of the waivers, a field that is not required any more,
more days, more approvers, a rule that may be waived again, a waiver that the policy grants; a
manifest pattern that is gone; another `metadata_schema`.

The examples are policies.

## Bad

```yaml base
version: 1
rules:
  max-age: {max_days: 60}
  no-withdraw: {locked: true}
waivers: {max_days: 90}
```

```yaml
version: 1
rules:
  max-age:
    max_days: 75  # expect: policy-not-weakened:warning max-age max_days 60 -> 75
  no-withdraw: off  # expect: policy-not-weakened:warning no-withdraw severity error -> off; policy-not-weakened:warning no-withdraw locked -> gone
  ip-bound: warning  # expect: policy-not-weakened:warning ip-bound severity error -> warning
waivers:
  max_days: 180  # expect: policy-not-weakened:warning waivers.max_days 90 -> 180
```

## Good

```yaml base
version: 1
rules:
  max-age: {max_days: 60}
```

```yaml
version: 1
extends: strict
rules:
  max-age: {max_days: 45}
waivers: {max_days: 30}
```

## Notes

It is the policy of the work tree that is compared with the one of the base, whichever of them
rules. What a pack says is found at `extends`, and what nobody says any more at the field that it was
in, else at the policy's first line. The rule is at least as severe as the base's policy has it: a
change cannot turn it off for itself. It runs only with `--base`.
"""

from collections.abc import Iterator

from okxlint.rule import Hit, NoOptions, Run, rule


@rule(
    group="transitions",
    target="policy",
    recommended="warning",
    strict="error",
    security_severity="7.0",
    help="Have the owners of the policy approve this, in a change that does nothing else.",
)
def check(policy: object, run: Run[NoOptions]) -> Iterator[Hit]:
    for value, place in run.loosened:
        yield Hit(at=place, value=value, message=f"the policy is looser than the base's: {value}")
