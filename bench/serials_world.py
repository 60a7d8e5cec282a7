"""A made-up register and the damaged marks read off its guns, by seed: what the serials bench and tests measure on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from enduse.engines.serials import Gun
from enduse.engines.serials.confusions import look_alikes
from enduse.engines.serials.symbols import canonical

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


@dataclass(frozen=True)
class Scheme:
    """A maker's numbering: '9' a running digit, 'L' a letter, 'Y' a digit of the year, other signs themselves."""

    pattern: str
    make: str
    model: str
    type: str
    calibre: str
    share: float


SCHEMES = (
    Scheme("W999999", "Colt", "M4", "rifle_assault", "5.56x45 mm NATO", 10),
    Scheme("LE999999", "Colt", "AR-15", "rifle_semi", "5.56x45 mm NATO", 7),
    Scheme("LLL9999", "Smith & Wesson", "M&P", "pistol_semi", "9 mm Parabellum", 9),
    Scheme("LLLL999", "Glock", "17", "pistol_semi", "9 mm Parabellum", 12),
    Scheme("999-99999", "Ruger", "Mini-14", "rifle_semi", ".223 Remington", 7),
    Scheme("L999999Z", "Beretta", "92FS", "pistol_semi", "9 mm Parabellum", 8),
    Scheme("99999999", "Norinco", "56S", "rifle_semi", "7.62x39 mm", 9),
    Scheme("YYL99999", "Romarm", "WASR-10", "rifle_semi", "7.62x39 mm", 6),
    Scheme("99-999999", "Heckler & Koch", "G3", "rifle_assault", "7.62x51 mm NATO", 5),
    Scheme("9999999", "FN Herstal", "FNC", "rifle_assault", "5.56x45 mm NATO", 6),
    Scheme("TLL99999", "Taurus", "PT92", "pistol_semi", "9 mm Parabellum", 7),
    Scheme("999999L", "Mossberg", "500", "shotgun_pump", "12 gauge", 5),
    Scheme("M99L99999", "Zastava", "M70", "rifle_assault", "7.62x39 mm", 5),
    Scheme("5L999999", "Izhmash", "AKM", "rifle_assault", "7.62x39 mm", 4),
)


def widened(register: int) -> tuple[Scheme, ...]:
    """The schemes with as many digits as a register of this size needs: a maker adds one before a tenth of the numbers is used
    up, so that they seldom repeat."""
    every = sum(s.share for s in SCHEMES)
    wide = []
    for scheme in SCHEMES:
        free = 10 ** scheme.pattern.count("9") * (len(LETTERS) ** scheme.pattern.count("L") if not scheme.pattern.startswith("LE9") else 1)
        pattern = scheme.pattern
        while register * scheme.share / every > free / 9:
            pattern, free = pattern.replace("9", "99", 1), free * 10
        wide.append(replace(scheme, pattern=pattern))
    return tuple(wide)


def guns(number: int, seed: int = 1, register: int | None = None) -> Iterator[Gun]:
    """`number` guns with keys from 1, numbered as in a `register` of so many (as many as they); serials repeat across makers and,
    seldom, within one."""
    chance = random.Random(seed)
    schemes = chance.choices(widened(register or number), [s.share for s in SCHEMES], k=number)
    for key, scheme in enumerate(schemes, 1):
        year = 1985 + int(25 * chance.random())
        yield Gun(key, serial(scheme, year, chance), scheme.make, scheme.model, scheme.type, scheme.calibre, year)


def serial(scheme: Scheme, year: int, chance: random.Random) -> str:
    digits = scheme.pattern.count("9")
    running = f"{int(chance.random() * 10**digits):0{digits}d}"
    years = f"{year % 100:02d}"
    built, at, place = [], 0, 0
    for sign in scheme.pattern:
        if sign == "9":
            built.append(running[at])
            at += 1
        elif sign == "L" and not scheme.pattern.startswith("LE9"):
            built.append(LETTERS[int(chance.random() * len(LETTERS))])
        elif sign == "Y":
            built.append(years[place])
            place += 1
        else:
            built.append(sign)
    return "".join(built)


KINDS = (
    "exact", "unreadable_1", "unreadable_2", "look_alike", "wrong", "missing", "extra", "swapped", "worn_start", "worn_end",
    "mixture",
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """Marks as read off one gun: `row` of the gun, -1 when it is in no register."""

    kind: str
    text: str
    make: str
    calibre: str
    row: int


def readings(
    register: list[Gun], number: int, seed: int = 2, absent: float = 0.1, kinds: tuple[str, ...] = KINDS, held: set[str] | None = None
) -> list[Reading]:
    """Damaged marks of guns of the register and, `absent` of them, of guns like these that are not in it.

    `held`: the register's canonical serials, where they are known already.
    """
    chance = random.Random(seed)
    held = held if held is not None else {canonical(g.serial) for g in register}
    strangers = (g for g in guns(10 * number + 1000, seed + 1, len(register)) if canonical(g.serial) not in held)
    found = []
    for k in range(number):
        row = -1 if chance.random() < absent else chance.randrange(len(register))
        gun = next(strangers) if row < 0 else register[row]
        kind = kinds[k % len(kinds)]
        make = "" if chance.random() < 0.5 else gun.make
        calibre = "" if chance.random() < 0.5 else gun.calibre
        if make and chance.random() < 0.05:
            make = chance.choice(SCHEMES).make
        if calibre and chance.random() < 0.05:
            calibre = chance.choice(SCHEMES).calibre
        found.append(Reading(kind, damaged(canonical(gun.serial), kind, chance), make, calibre, row))
    return found


def damaged(serial: str, kind: str, chance: random.Random) -> str:
    """One serial as somebody might read it."""
    signs = list(serial)
    for step in _mixture(chance) if kind == "mixture" else [kind]:
        _damage(signs, step, chance)
    return "".join(signs)


def _mixture(chance: random.Random) -> list[str]:
    return chance.sample(["unreadable_1", "look_alike", "wrong", "missing", "extra", "swapped", "worn_end"], 2)


def _damage(signs: list[str], kind: str, chance: random.Random) -> None:
    at = chance.randrange(len(signs) - 1)
    if kind.startswith("unreadable"):
        for place in chance.sample(range(len(signs)), int(kind[-1])):
            signs[place] = "?"
    elif kind == "look_alike":
        options = [(k, r) for k, s in enumerate(signs) for (t, r), w in _SHAPES for _ in range(w) if t == s]
        if options:
            place, read = chance.choice(options)
            signs[place] = read
    elif kind == "wrong":
        signs[at] = chance.choice([c for c in "0123456789ABCDEFGHJKLMNPRSTUVWXYZ" if c != signs[at]])
    elif kind == "missing":
        del signs[at]
    elif kind == "extra":
        signs.insert(at, chance.choice("0123456789ABCDEFGHJKLMNPRSTUVWXYZ"))
    elif kind == "swapped":
        signs[at], signs[at + 1] = signs[at + 1], signs[at]
    elif kind == "worn_start":
        signs[: chance.randint(1, 2)] = "*"
    elif kind == "worn_end":
        signs[-chance.randint(1, 2) :] = "*"


_SHAPES = list(look_alikes().items())
