"""The policy in force: found, read with all that it extends, checked and merged."""

from __future__ import annotations

import os.path

from okxlint import resources
from okxlint.errors import OkxlintError, PolicyError, Unreadable
from okxlint.files import Files, WorkFiles
from okxlint.paths import Tree, ancestors
from okxlint.policy import DEFAULT_PACK, Policy
from okxlint.policy.chain import Chain
from okxlint.policy.distributions import NotInstalled, pack_name
from okxlint.policy.layer import check_layer
from okxlint.policy.merge import merge
from okxlint.policy.rules import Known
from okxlint.policy.text import PolicyText, read_text, refuse
from okxlint.suggest import did_you_mean

FILE_NAME = "okxlint.yaml"


_WORK = WorkFiles()


def locate(named: str | None, cwd: str, tree: Tree, files: Files = _WORK) -> str | None:
    """What holds in a folder: a pack, or a policy file's absolute path.

    That is what ``--policy`` names, else the file ``okxlint.yaml`` that is nearest upwards, no
    higher than the root. ``None`` if there is no such file. Raises ``Unreadable``.
    """
    if named is not None:
        # A file of a pack's name is named with its folder: a change to check may bring one along.
        if named in resources.packs() or pack_name(named):
            return named
        path = files.absolute(named, cwd)
        installed = named if ":" in named else None
        return path if files.exists(path) else installed
    for folder in ancestors(os.path.realpath(cwd)):
        path = files.absolute(FILE_NAME, folder)
        if files.exists(path):
            return path
        if folder == tree.root:
            break
    return None


def load(
    named: str | None, cwd: str, tree: Tree, files: Files = _WORK, rules: str | None = None
) -> Policy:
    """The policy of ``--policy`` (a file or a pack), else the one found, else ``recommended``.

    ``files`` has the policy's files; packs are always those that are installed. ``rules`` is YAML
    that a test has on top of it, as below a policy's ``rules``.
    Raises ``PolicyError``, which names file, line and column of everything that is wrong.
    """
    chain = Chain(tree, files)
    top = _top(named, cwd, chain)
    on_top = [] if rules is None else [_settings(rules, top)]
    return policy_of(chain, top, *on_top)


def _settings(rules: str, top: PolicyText) -> PolicyText:
    text = f"version: 1\nextends: []\nrules: {rules}\n"
    return read_text("# rules", text.encode(), top.folder, is_pack=top.is_pack)


def pack(name: str) -> Policy:
    """A pack that comes with okxlint."""
    chain = Chain(Tree(os.sep, git=False), _WORK)
    return policy_of(chain, chain.pack(name))


def _top(named: str | None, cwd: str, chain: Chain) -> PolicyText:
    try:
        found = locate(named, cwd, chain.tree, chain.files)
        if found is None and named is None:
            return chain.pack(DEFAULT_PACK)
        if found is None:
            raise _no_policy(str(named))
        if os.path.isabs(found):
            return chain.file(found)
    except Unreadable as error:
        raise PolicyError(str(error), "Make the policy readable, or name another.") from error
    if found in resources.packs():
        return chain.pack(found)
    try:
        return chain.installed(found)
    except NotInstalled as error:
        raise OkxlintError(str(error), "Write DISTRIBUTION:PACK as it is installed.") from None


def _no_policy(named: str) -> OkxlintError:
    nearest = did_you_mean(named, resources.packs())
    packs = ", ".join(resources.packs())
    return OkxlintError(f"there is no policy file or pack '{named}'{nearest}", f"Packs: {packs}.")


def policy_of(chain: Chain, top: PolicyText, *on_top: PolicyText) -> Policy:
    """The policy that a file makes with all that it extends. Raises ``PolicyError``."""
    texts = [*chain.of(top), *on_top]
    # What a policy names twice is read, checked and complained of once.
    each = list(dict.fromkeys(texts))
    known = Known(each)
    problems = [wrong for text in each for wrong in text.problems]
    problems += [*chain.problems, *known.problems]
    layers = {text: check_layer(text, known.rules, problems) for text in each}
    # Parents first: what is wrong above may be why something is wrong below.
    order = {text.shown: number for number, text in enumerate(each)}
    refuse(sorted(problems, key=lambda wrong: order[wrong.place.source.path]))
    return merge([layers[text] for text in texts], known.rules, known.own, chain.files)
