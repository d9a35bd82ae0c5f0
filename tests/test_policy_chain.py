"""What a policy extends: packs, files, distributions; in which order; and what is no parent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from okxlint.errors import OkxlintError
from okxlint.paths import Tree
from okxlint.policy.file import load, pack
from okxlint.policy.text import read_text
from tests.policy_files import errors_in, install, options_of, policy_in, word_of, write
from tests.test_cli import okxlint

# -- order -----------------------------------------------------------------------------------


def test_a_policy_extends_recommended_or_what_it_names(tmp_path: Path) -> None:
    assert policy_in(tmp_path, {"okxlint.yaml": ""}).chain == ("recommended", "okxlint.yaml")
    assert policy_in(tmp_path, {"okxlint.yaml": "extends: ~\n"}).chain[0] == "recommended"
    assert policy_in(tmp_path, {"okxlint.yaml": "extends: []\n"}).chain == ("okxlint.yaml",)
    assert policy_in(tmp_path, {"okxlint.yaml": "extends: [~]\n"}).chain == ("okxlint.yaml",)
    strict = policy_in(tmp_path, {"okxlint.yaml": "extends: strict\n"})
    assert strict.chain == ("recommended", "strict", "okxlint.yaml")


def test_parents_come_before_children_and_the_later_wins(tmp_path: Path) -> None:
    files = {
        "okxlint.yaml": "extends: [a.yaml, b.yaml]\nrules: {max-age: {warn_days: 1}}\n",
        "a.yaml": "extends: []\nrules: {max-age: {max_days: 10, warn_days: 2}, reviewed: info}\n",
        "b.yaml": "extends: []\nrules: {max-age: {severity: warning, max_days: 20}}\n",
    }
    policy = policy_in(tmp_path, files)
    assert policy.chain == ("a.yaml", "b.yaml", "okxlint.yaml")
    assert (options_of(policy).max_days, options_of(policy).warn_days) == (20, 1)
    assert (word_of(policy, "max-age"), word_of(policy, "reviewed")) == ("warning", "info")
    turned = policy_in(tmp_path, {**files, "okxlint.yaml": "extends: [b.yaml, a.yaml]\n"})
    assert (options_of(turned).max_days, options_of(turned).warn_days) == (10, 2)


def test_a_chain_of_files_in_folders(tmp_path: Path) -> None:
    files = {
        "desks/grid/okxlint.yaml": "extends: ../desk.yaml\n",
        "desks/desk.yaml": "extends: [./../org/base.yml]\nrules: {reviewed: info}\n",
        "org/base.yml": "extends: strict\nrules: {reviewed: off, max-age: {max_days: 45}}\n",
    }
    policy = policy_in(tmp_path, files, cwd="desks/grid")
    assert policy.chain == (
        "recommended", "strict", "org/base.yml", "desks/desk.yaml", "desks/grid/okxlint.yaml",
    )  # fmt: skip
    assert (options_of(policy).max_days, word_of(policy, "reviewed")) == (45, "info")


def test_what_parents_share_counts_once_at_its_first_place(tmp_path: Path) -> None:
    files = {
        "okxlint.yaml": "extends: [a.yaml, b.yaml]\n",
        "a.yaml": "extends: base.yaml\nrules: {max-age: {max_days: 10}}\n",
        "b.yaml": "extends: base.yaml\nrules: {reviewed: info}\n",
        "base.yaml": "rules: {max-age: {max_days: 80}, reviewed: off}\n",
    }
    policy = policy_in(tmp_path, files)
    assert policy.chain == ("recommended", "base.yaml", "a.yaml", "b.yaml", "okxlint.yaml")
    # Neither does b.yaml undo what a.yaml says, nor the other way round.
    assert (options_of(policy).max_days, word_of(policy, "reviewed")) == (10, "info")


def test_what_a_policy_names_itself_is_taken_in_its_place(tmp_path: Path) -> None:
    files = {
        "okxlint.yaml": "extends: [a.yaml, base.yaml]\n",
        "a.yaml": "extends: base.yaml\nrules: {max-age: {max_days: 10}}\n",
        "base.yaml": "extends: []\nrules: {max-age: {max_days: 80}}\nmanifests: [x.yaml]\n",
    }
    policy = policy_in(tmp_path, files)
    assert policy.chain == ("base.yaml", "a.yaml", "base.yaml", "okxlint.yaml")
    assert options_of(policy).max_days == 80
    assert [glob for _, glob in policy.manifests] == ["x.yaml"]
    assert [file.source.path for file in policy.files] == ["base.yaml", "a.yaml", "okxlint.yaml"]
    again = policy_in(tmp_path, {"okxlint.yaml": "extends: [strict, recommended]\n"})
    assert again.chain == ("recommended", "strict", "recommended", "okxlint.yaml")
    assert word_of(again, "reviewed") == "warning"


def test_each_file_is_read_once_however_many_ways_lead_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []

    def counted(shown: str, data: bytes, folder: str, is_pack: bool) -> object:
        read.append(shown)
        return read_text(shown, data, folder, is_pack)

    monkeypatch.setattr("okxlint.policy.chain.read_text", counted)
    files = {"okxlint.yaml": "extends: [a0.yaml, b0.yaml]\n", "a30.yaml": "", "b30.yaml": ""}
    for n in range(30):  # two ways at each of 30 steps: 2**30 if each were followed
        both = f"extends: [a{n + 1}.yaml, b{n + 1}.yaml]\n"
        files |= {f"a{n}.yaml": both, f"b{n}.yaml": both}
    policy = policy_in(tmp_path, files)
    assert len(read) == len(set(read)) == 64
    assert policy.chain[0] == "recommended"
    assert policy.chain[-3:] == ("a0.yaml", "b0.yaml", "okxlint.yaml")


def test_so_many_files_may_extend_one_another(tmp_path: Path) -> None:
    files = {f"p{n}.yaml": f"extends: p{n + 1}.yaml\n" for n in range(62)}
    files |= {"okxlint.yaml": "extends: p0.yaml\n", "p62.yaml": "extends: []\n"}
    assert len(policy_in(tmp_path, files).chain) == 64
    deeper = {"p62.yaml": "extends: p63.yaml\n", "p63.yaml": "extends: []\n"}
    (error,) = errors_in(tmp_path, {**files, **deeper})
    assert error.startswith("p62.yaml:2:10: more than 64 files extend one another (okxlint.yaml ->")
    assert error.endswith("p62.yaml -> p63.yaml)")


# -- what is no parent -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"okxlint.yaml": "extends: okxlint.yaml\n"},
            "okxlint.yaml:2:10: 'okxlint.yaml' extends itself (okxlint.yaml -> okxlint.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: [strict, a.yaml]\n", "a.yaml": "extends: ./okxlint.yaml\n"},
            "a.yaml:2:10: './okxlint.yaml' extends itself (okxlint.yaml -> a.yaml -> okxlint.yaml)",
        ),
        (
            {
                "okxlint.yaml": "extends: a/a.yaml\n",
                "a/a.yaml": "extends:\n  - recommended\n  - ../b/b.yaml\n",
                "b/b.yaml": "extends: ../a/a.yaml\n",
            },
            "b/b.yaml:2:10: '../a/a.yaml' extends itself "
            "(okxlint.yaml -> a/a.yaml -> b/b.yaml -> a/a.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: team/bsae.yaml\n", "team/base.yaml": "", "team/x.txt": ""},
            "okxlint.yaml:2:10: there is no file 'team/bsae.yaml'; did you mean 'base.yaml'? "
            "(okxlint.yaml -> team/bsae.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: a.yaml\n", "a.yaml": "extends: [strict, no/such.yaml]\n"},
            "a.yaml:2:19: there is no file 'no/such.yaml' (okxlint.yaml -> a.yaml -> no/such.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: a.yaml\n", "a.yaml": "extends: strickt\n"},
            "a.yaml:2:10: there is no pack 'strickt'; did you mean 'strict'? "
            "(okxlint.yaml -> a.yaml -> strickt)",
        ),
        (
            {"okxlint.yaml": "extends: Strict\n"},
            "okxlint.yaml:2:10: there is no pack 'Strict'; did you mean 'strict'? "
            "(okxlint.yaml -> Strict)",
        ),
        (
            {"okxlint.yaml": "extends: folder/\n", "folder/a.yaml": ""},
            "okxlint.yaml:2:10: folder: is no regular file (okxlint.yaml -> folder/)",
        ),
        (
            {"okxlint.yaml": "extends: ../x.yaml\n"},
            "okxlint.yaml:2:10: '../x.yaml' is outside of the repository "
            "(okxlint.yaml -> ../x.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: a/b.yaml\n", "a/b.yaml": "extends: ../../x.yaml\n"},
            "a/b.yaml:2:10: '../../x.yaml' is outside of the repository "
            "(okxlint.yaml -> a/b.yaml -> ../../x.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: /etc/okxlint.yaml\n"},
            "okxlint.yaml:2:10: '/etc/okxlint.yaml' is no path relative to this file "
            "(okxlint.yaml -> /etc/okxlint.yaml)",
        ),
        (
            {"okxlint.yaml": 'extends: "a\\0.yaml"\n'},
            "okxlint.yaml:2:10: 'a\\x00.yaml' is no path relative to this file "
            "(okxlint.yaml -> a\\x00.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: https://example.com/policy.yaml\n"},
            "okxlint.yaml:2:10: there is no file 'https://example.com/policy.yaml' "
            "(okxlint.yaml -> https://example.com/policy.yaml)",
        ),
        (
            {"okxlint.yaml": "extends: ['no-such-thing:base']\n"},
            "okxlint.yaml:2:11: no distribution 'no-such-thing' is installed "
            "(okxlint.yaml -> no-such-thing:base)",
        ),
    ],
)
def test_what_is_no_parent_is_told_with_the_chain(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    assert errors_in(tmp_path, files) == [said]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_link_does_not_lead_out_of_the_repository(tmp_path: Path, kind: str) -> None:
    write(tmp_path, {"outside/loose.yaml": "extends: []\n"})
    repository = tmp_path / "repository"
    repository.mkdir()
    if kind == "file":
        (repository / "loose.yaml").symlink_to("../outside/loose.yaml")
        name = "loose.yaml"
    else:
        (repository / "linked").symlink_to("../outside")
        name = "linked/loose.yaml"
    (error,) = errors_in(repository, {"okxlint.yaml": f"extends: ./{name}\n"})
    assert f"'./{name}' is outside of the repository" in error


def test_a_link_within_the_repository_is_followed(tmp_path: Path) -> None:
    write(tmp_path, {"policies/base.yaml": "extends: []\nrules: {no-withdraw: info}\n"})
    (tmp_path / "base.yaml").symlink_to("policies/base.yaml")
    policy = policy_in(tmp_path, {"okxlint.yaml": "extends: base.yaml\n"})
    assert policy.chain == ("base.yaml", "okxlint.yaml")
    assert policy.rules_on == ("no-withdraw",)


def test_a_policy_outside_of_the_repository_extends_what_is_beside_it_or_below(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        {
            "ci/policy.yaml": "extends: [base.yaml, inner/more.yaml]\n",
            "ci/base.yaml": "extends: []\n",
            "ci/inner/more.yaml": "extends: []\nrules: {no-withdraw: info}\n",
            "ci/bad.yaml": "extends: inner/up.yaml\n",
            "ci/inner/up.yaml": "extends: ../base.yaml\n",
            "ci/into.yaml": "extends: ../repository/loose.yaml\n",
            "repository/loose.yaml": "extends: []\n",
        },
    )
    repository, ci = tmp_path / "repository", str(tmp_path / "ci")
    policy = policy_in(repository, {}, f"{ci}/policy.yaml")
    assert policy.chain == (f"{ci}/base.yaml", f"{ci}/inner/more.yaml", f"{ci}/policy.yaml")
    (error,) = errors_in(repository, {}, f"{ci}/bad.yaml")
    assert "up.yaml:2:10: '../base.yaml' is outside of the folder of this file" in error
    (error,) = errors_in(repository, {}, f"{ci}/into.yaml")
    assert "into.yaml:2:10: '../repository/loose.yaml' is outside of the folder of this" in error


def test_everything_wrong_with_parents_is_told_once_parents_first(tmp_path: Path) -> None:
    files = {
        "okxlint.yaml": "extends: [a.yaml, b.yaml, nope]\nrules: {no-such: off}\n",
        "a.yaml": "extends: base.yaml\n",
        "b.yaml": "extends: [base.yaml, base.yaml]\n",
        "base.yaml": "extends: gone.yaml\nrules: {max-aeg: off}\n",
    }
    assert [error.split(" ")[0] for error in errors_in(tmp_path, files)] == [
        "base.yaml:2:10:", "base.yaml:3:9:", "okxlint.yaml:2:27:", "okxlint.yaml:3:9:",
    ]  # fmt: skip


def test_a_parent_that_is_wrong_names_its_own_file(tmp_path: Path) -> None:
    files = {"okxlint.yaml": "extends: team/base.yaml\n", "team/base.yaml": "rules: [}\n"}
    (error,) = errors_in(tmp_path, files)
    assert error.startswith("team/base.yaml:2:9: ")


# -- packs that are installed ----------------------------------------------------------------


@pytest.fixture(name="site")
def site_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    return site


def test_a_pack_of_a_distribution_is_a_parent(tmp_path: Path, site: Path) -> None:
    base = "extends: strict\nmanifests: [keys.yaml]\nrules: {max-age: {max_days: 45}}\n"
    install(site, "okxlint-acme", {"base": base, "desk": "extends: okxlint-acme:base\n"})
    repository = tmp_path / "repository"
    policy = policy_in(repository, {"okxlint.yaml": "extends: okxlint-acme:desk\n"})
    assert policy.chain == (
        "recommended", "strict", "okxlint-acme:base", "okxlint-acme:desk", "okxlint.yaml",
    )  # fmt: skip
    assert options_of(policy).max_days == 45
    assert policy.manifests == ((None, "keys.yaml"),)
    assert policy.said["max-age", "max_days"].source == "okxlint-acme:base"
    named = policy_in(repository, {}, "okxlint-acme:base")
    assert (named.source, named.top) == ("okxlint-acme:base", None)


def test_a_distribution_has_one_name_however_it_is_spelled(tmp_path: Path, site: Path) -> None:
    install(site, "Okxlint_Acme", {"base": "extends: []\nrules: {no-withdraw: info}\n"})
    text = "extends: [okxlint-acme:base, OKXLINT.acme:base, ./a.yaml]\n"
    files = {"okxlint.yaml": text, "a.yaml": "extends: Okxlint_Acme:base\n"}
    policy = policy_in(tmp_path / "repository", files)
    assert set(policy.chain) == {"okxlint-acme:base", "a.yaml", "okxlint.yaml"}


def test_a_pack_extends_files_of_its_own_and_no_others(tmp_path: Path, site: Path) -> None:
    packs = {
        "base": "extends: [rules/network.yaml, ./rules/age.yaml]\n",
        "rules/network": "extends: []\nrules: {ip-bound: warning}\n",
        "rules/age": "extends: network.yaml\nrules: {max-age: {severity: info, locked: true}}\n",
        "out": "extends: ../secret.yaml\n",
        "typo": "extends: rules/netwrok.yaml\n",
    }
    install(site, "okxlint-acme", packs)
    write(site, {"secret.yaml": "extends: []\n"})
    files = {"okxlint.yaml": "extends: okxlint-acme:base\n"}
    policy = policy_in(tmp_path / "repository", files)
    assert policy.chain == (
        "okxlint-acme:rules/network.yaml", "okxlint-acme:rules/age.yaml", "okxlint-acme:base",
        "okxlint.yaml",
    )  # fmt: skip
    assert policy.rules_on == ("ip-bound", "max-age")
    assert str(policy.locks["max-age"].said) == "okxlint-acme:rules/age.yaml"
    (error,) = errors_in(tmp_path / "repository", {"okxlint.yaml": "extends: okxlint-acme:out\n"})
    assert error == (
        "okxlint-acme:out:2:10: '../secret.yaml' is outside of the folder of this file "
        "(okxlint.yaml -> okxlint-acme:out -> ../secret.yaml)"
    )
    (error,) = errors_in(tmp_path / "repository", {"okxlint.yaml": "extends: okxlint-acme:typo\n"})
    assert "there is no file 'rules/netwrok.yaml'; did you mean 'network.yaml'?" in error


def test_a_pack_that_is_not_there(tmp_path: Path, site: Path) -> None:
    install(site, "okxlint-acme", {"base": ""})
    for name, said in {
        "okxlint-acme:bsae": "has no pack 'bsae'; did you mean 'base'?",
        "okxlint-acem:base": "'okxlint-acem' is installed; did you mean 'okxlint-acme'?",
        "okxlint-acme:base.yaml": "has no pack 'base.yaml'; did you mean 'base'?",
        "okxlint-acme:": "has no pack ''",
        "pytest:base": "the distribution 'pytest' has no pack 'base'",
    }.items():
        (error,) = errors_in(tmp_path / "repository", {"okxlint.yaml": f"extends: '{name}'\n"})
        assert error.startswith("okxlint.yaml:2:10: ")
        assert said in error
        with pytest.raises(OkxlintError) as caught:
            load(name, str(tmp_path / "repository"), Tree(str(tmp_path), git=False))
        assert said in caught.value.message


# -- --require-pack --------------------------------------------------------------------------

CLEAN = "version: 1\nkeys: []\n"


@pytest.mark.parametrize(
    ("files", "packs", "code"),
    [
        ({}, ["recommended"], 0),
        ({}, ["strict"], 2),
        ({"okxlint.yaml": "extends: strict\n"}, ["strict", "recommended"], 0),
        ({"okxlint.yaml": "extends: strict\n"}, ["strict", "essentials"], 2),
        ({"okxlint.yaml": "extends: a.yaml\n", "a.yaml": "extends: strict\n"}, ["strict"], 0),
        ({"okxlint.yaml": "extends: []\n"}, ["recommended"], 2),
        # A file that is called like a pack is none.
        ({"okxlint.yaml": "extends: ./strict\n", "strict": "version: 1\n"}, ["strict"], 2),
        ({"okxlint.yaml": "extends: './a:b'\n", "a:b": "version: 1\n"}, ["a:b"], 2),
        ({"okxlint.yaml": "extends: ./strict\n", "strict": "version: 1\n"}, ["recommended"], 0),
    ],
)
def test_require_pack(tmp_path: Path, files: dict[str, str], packs: list[str], code: int) -> None:
    write(tmp_path, {"okx-keys.yaml": CLEAN, **files})
    flags = [word for name in packs for word in ("--require-pack", name)]
    done = okxlint("check", *flags, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    if code:
        assert f"does not descend from the pack '{packs[-1]}'" in done.stderr
        assert f"Add 'extends: {packs[-1]}' to it" in done.stderr
        assert done.stdout == ""


def test_a_file_is_not_told_to_extend_itself(tmp_path: Path) -> None:
    (error,) = errors_in(tmp_path, {"okxlint.yaml": "extends: ./okxlnt.yaml\n"})
    assert "there is no file './okxlnt.yaml'" in error
    assert "did you mean" not in error
    files = {"okxlint.yaml": "extends: ./okxlnt.yaml\n", "okxlint-2.yaml": "version: 1\n"}
    (error,) = errors_in(tmp_path, files)
    assert "did you mean 'okxlint-2.yaml'?" in error


@pytest.mark.parametrize(
    ("asked", "meant", "step"),
    [
        ("recomended", "recommended", "Correct --require-pack."),
        ("strcit", "strict", "Add 'extends: strict' to it, or run with a policy that has it."),
    ],
)
def test_a_slip_in_a_pack_is_told(tmp_path: Path, asked: str, meant: str, step: str) -> None:
    write(tmp_path, {"okx-keys.yaml": CLEAN})
    done = okxlint("check", "--require-pack", asked, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == (
        f"okxlint: the policy recommended does not descend from the pack '{asked}' (recommended); "
        f"did you mean '{meant}'?\n  {step}\n"
    )


def test_a_pack_of_a_distribution_is_required(tmp_path: Path) -> None:
    site, repository = tmp_path / "site", tmp_path / "repository"
    install(site, "okxlint-acme", {"base": "rules: {no-withdraw: {locked: true}}\n"})
    write(repository, {"okx-keys.yaml": CLEAN, "okxlint.yaml": "extends: okxlint-acme:base\n"})
    env = {"PYTHONPATH": str(site)}
    args = ("check", "--require-pack", "okxlint-acme:base")
    assert okxlint(*args, cwd=repository, env=env).returncode == 0
    write(repository, {"okxlint.yaml": "extends: recommended\n"})
    done = okxlint(*args, cwd=repository, env=env)
    assert done.returncode == 2
    assert "(recommended -> okxlint.yaml)" in done.stderr


def test_a_file_called_like_a_pack_may_extend_it(tmp_path: Path) -> None:
    files = {"okxlint.yaml": "extends: ./strict\n", "strict": "version: 1\nextends: strict\n"}
    policy = policy_in(tmp_path, files)
    assert policy.chain == ("recommended", "strict", "./strict", "okxlint.yaml")
    assert word_of(policy, "reviewed") == "error"
    assert policy.rules_on == pack("strict").rules_on


def test_a_parent_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "dangling.yaml").symlink_to("nowhere.yaml")
    text = "extends: [pipe.yaml, dangling.yaml]\n"
    first, second = errors_in(tmp_path, {"okxlint.yaml": text})
    assert first.startswith("okxlint.yaml:2:11: pipe.yaml: is no regular file (okxlint.yaml -> p")
    assert second.startswith("okxlint.yaml:2:22: dangling.yaml: cannot be read: No such file")
