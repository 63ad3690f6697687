"""Version ranges: whether one allows another, and which library a specification is really written for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from equidesign.backends.base import Backend
from equidesign.backends.registry import all_backends
from equidesign.lint.families import believed_family

if TYPE_CHECKING:
    from equidesign.spec.specification import Specification
    from equidesign.spec.yamlio import KeyPath

_LONGEST = 200
_LARGEST = 10**9


def version_range(text: str) -> SpecifierSet | None:
    """Return the range that a text such as ``>=0.5.6,<0.7`` means, None if it means none."""
    if len(text) > _LONGEST:
        return None
    try:
        return SpecifierSet(text)
    except InvalidSpecifier:
        return None


def is_distribution(name: str) -> bool:
    """Tell whether a name can be that of a distribution."""
    try:
        return len(name) <= _LONGEST and Requirement(name).name == name
    except InvalidRequirement:
        return False


def allows_more(written: SpecifierSet, supported: SpecifierSet) -> bool:
    """Tell whether a range holds versions that another does not.

    >>> allows_more(SpecifierSet(">=0.5"), SpecifierSet(">=0.5.6,<0.7"))
    True
    >>> allows_more(SpecifierSet("==0.6.*"), SpecifierSet(">=0.5.6,<0.7"))
    False
    """
    return any(
        _holds(written, version) and not _holds(supported, version)
        for version in _samples(written, supported)
    )


def allows_none(written: SpecifierSet, supported: SpecifierSet) -> bool:
    """Tell whether no released version can be in both ranges; a range without an end is taken to end with its series.

    >>> allows_none(SpecifierSet("<0.5"), SpecifierSet(">=0.5.6,<0.7"))
    True
    >>> allows_none(SpecifierSet(">=9"), SpecifierSet(">=2.4"))
    True
    """
    known = SpecifierSet(f"{supported},<{_next_series(supported)}")
    return not any(
        _holds(written, version) and _holds(known, version) for version in _samples(written, known)
    )


def _next_series(supported: SpecifierSet) -> str:
    """Return the first version of the next major series after the least supported one."""
    least = [Version(each.version) for each in supported if each.operator in (">=", ">", "~=")]
    return str(max((version.major for version in least), default=0) + 1)


def _holds(versions: SpecifierSet, version: Version) -> bool:
    return versions.contains(version, prereleases=True)


def _samples(*ranges: SpecifierSet) -> Iterator[Version]:
    """Yield versions at, just below and just above every border of the ranges: one in each stretch between them."""
    yield Version("0")
    yield Version(str(_LARGEST))
    for specifier in (each for one in ranges for each in one):
        try:
            border = Version(specifier.version.removesuffix(".*"))
        except InvalidVersion:  # `===` compares texts
            continue
        yield border
        for length in range(1, len(border.release) + 1):
            part = border.release[:length]
            for near in (part, (*part, 1), (*part[:-1], part[-1] + 1), *_below(part)):
                yield Version(".".join(map(str, near)))


def _below(release: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield a version just below a release."""
    last = max((at for at, number in enumerate(release) if number), default=None)
    if last is not None:
        yield (*release[:last], release[last] - 1, _LARGEST)


def library_of(spec: Specification) -> Backend | None:
    """Return the backend that a specification is written for, with its acceleration: of the named one and the
    family's, the one whose dependencies it lists."""
    from equidesign.design.family import all_families

    backends = all_backends()
    family = all_families().get(believed_family(spec))
    own = backends.get(family.backend) if family else None
    named = backends.get(spec.library.name)
    meant = own or named
    if own is not None and named is not None and own is not named:
        listed = [len(set(each.dependencies) & set(spec.dependencies)) for each in (own, named)]
        meant = named if listed[1] > listed[0] else own
    return meant.accelerated(spec.deployment.get("acceleration")) if meant else None


def distributions() -> frozenset[str]:
    """Return every distribution that generated code may import, whatever its library and acceleration."""
    found = all_backends().values()
    faster = (each.accelerated(name) for each in found for name in each.accelerations)
    return frozenset(name for each in (*found, *faster) for name in each.dependencies)


def core(backend: Backend) -> str:
    """Return the distribution that is the library itself.

    >>> from equidesign.backends.registry import backend_by_name
    >>> core(backend_by_name("pytorch_geometric")), core(backend_by_name("torch"))
    ('torch_geometric', 'torch')
    """
    own = [name for name, text in backend.dependencies.items() if text == backend.version]
    return backend.name if backend.name in own or not own else own[-1]


def ranges(spec: Specification, backend: Backend) -> Iterator[tuple[KeyPath, str, str, str]]:
    """Yield path, package, written range and supported range of everything the generated code imports."""
    yield ("library", "version"), core(backend), spec.library.version, backend.version
    for name, supported in backend.dependencies.items():
        if name in spec.dependencies:
            yield ("dependencies", name), name, spec.dependencies[name], supported


def same_distribution(one: str, other: str) -> bool:
    """Tell whether two spellings mean the same distribution: case, hyphens and underscores do not count."""
    return canonicalize_name(one) == canonicalize_name(other)
