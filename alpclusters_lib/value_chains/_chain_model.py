"""The model of a chain: its stages, what they feed, where it ends; checked when it is made."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from alpclusters_lib.indicators import _checks

__all__ = ["Chain", "NotCovered", "Stage"]


@dataclass(frozen=True)
class Stage:
    """One step of a chain: whole divisions, the stages its product goes to, and why these divisions.

    ``shared`` says that most jobs of the divisions work for other chains: their strength is not the chain's own.
    """

    key: str
    label: str
    divisions: tuple[str, ...]
    feeds: tuple[str, ...] = ()
    label_it: str = ""
    reason: str = ""
    shared: bool = False


@dataclass(frozen=True)
class NotCovered:
    """A part of a chain that the regional figures do not hold."""

    label: str
    divisions: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Chain:
    """Stages in the order in which a product passes them; ``ends_in`` names the one whose product leaves the chain.

    Every stage reaches that one or comes after it: what carries, serves, repairs or recycles the product.

    Raises
    ------
    ValueError
        If a stage stands twice or has no division, a division serves two stages, a stage feeds one that is unknown,
        or neither reaches the end nor comes after it.

    Examples
    --------
    >>> timber, building = Stage("timber", "Timber", ("C16",), ("building",)), Stage("building", "Building", ("F41",))
    >>> Chain("wood", "Wood", "building", (timber, building)).divisions
    ('C16', 'F41')
    """

    name: str
    title: str
    ends_in: str
    stages: tuple[Stage, ...]
    title_it: str = ""
    about: str = ""
    about_it: str = ""
    not_covered: tuple[NotCovered, ...] = ()
    families: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that the stages hang together."""
        if len(self.stages) < 2:
            raise ValueError(f"{self.name} has {len(self.stages)} stages; a chain needs at least two")
        owner: dict[str, str] = {}
        for place, stage in enumerate(self.stages):
            if stage.key in self.keys[:place]:
                raise ValueError(f"{self.name} has the stage {stage.key!r} twice; each key may stand once")
            if not stage.divisions:
                raise ValueError(f"stage {stage.key!r} of {self.name} has no division; a code such as C28 is needed")
            for division in stage.divisions:
                if division in owner:
                    raise ValueError(
                        f"{division} serves {owner[division]!r} and {stage.key!r} of {self.name}; a division serves "
                        "one stage of a chain only, otherwise its jobs would count twice"
                    )
                owner[division] = stage.key
        for stage in self.stages:
            for other in stage.feeds:
                self._require_stage(other, f"{stage.key!r} feeds {other!r}")
                if other == stage.key:
                    raise ValueError(f"stage {stage.key!r} of {self.name} feeds itself; name the stages after it")
        self._require_stage(self.ends_in, f"ends_in is {self.ends_in!r}")
        after = self.reached_from(self.ends_in)
        lost = [key for key in self.keys if key not in after and self.ends_in not in self.reached_from(key)]
        if lost:
            raise ValueError(
                f"stage {lost[0]!r} of {self.name} neither reaches {self.ends_in!r} nor comes after it; "
                "its feeds should lead there"
            )

    def _require_stage(self, key: str, what: str) -> None:
        if key not in self.keys:
            near = difflib.get_close_matches(key, self.keys, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"its stages are {', '.join(self.keys)}"
            raise ValueError(f"{what}, which is no stage of {self.name}; {hint}")

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the stages, in order."""
        return tuple(stage.key for stage in self.stages)

    @property
    def divisions(self) -> tuple[str, ...]:
        """All divisions of the chain, stage by stage."""
        return tuple(division for stage in self.stages for division in stage.divisions)

    def stage(self, key: str) -> Stage:
        """Return a stage; an unknown key is a ValueError that suggests the nearest."""
        self._require_stage(key, repr(key))
        return self.stages[self.keys.index(key)]

    def labels(self, language: str = "en") -> dict[str, str]:
        """Return the labels of the stages in English or Italian, by key."""
        _checks.one_of(language, ("en", "it"), name="language")
        return {s.key: (s.label_it or s.label) if language == "it" else s.label for s in self.stages}

    def reached_from(self, key: str) -> set[str]:
        """Return the stages that a stage's product reaches, itself among them."""
        reached, waiting = {key}, [key]
        while waiting:
            new = [other for other in self.stage(waiting.pop()).feeds if other not in reached]
            reached.update(new)
            waiting += new
        return reached
