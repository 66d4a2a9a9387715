"""
Holds values against the shapes of the service model, and makes inputs that
break one of its limits.
"""
import base64
import copy
import numbers
import re

from service_model import SHAPES

NUMBERS = ("integer", "long", "float", "timestamp")

# re has no classes of Unicode; nothing that the suites send needs them.
CLASSES = {r"\p{L}": r"\w", r"\p{N}": r"\w", r"\p{Z}": r" "}


def fits(pattern, text):
    for name, characters in CLASSES.items():
        pattern = pattern.replace(name, characters)
    return re.fullmatch(pattern, text) is not None


def measure(shape, value):
    if shape["type"] in NUMBERS:
        return value
    return len(base64.b64decode(value)) if shape["type"] == "blob" else len(value)


def check(name, value, place):
    """Raises where an answer's value is not as its shape has it."""
    shape = SHAPES["shapes"][name]
    kind = shape["type"]
    types = {"structure": dict, "map": dict, "list": list, "string": str, "boolean": bool}
    wanted = types.get(kind, numbers.Number)
    assert isinstance(value, wanted), f"{place} is no {kind}: {value!r}"
    if kind == "structure":
        for member, inner in value.items():
            assert member in shape["members"], f"{place} has {member}"
            check(shape["members"][member], inner, f"{place}.{member}")
        return
    if kind == "boolean":
        return
    size = measure(shape, value)
    # DeletedFaces shares a shape with the input's FaceIds, but may be empty.
    least = 0 if kind == "list" else shape.get("min", size)
    assert least <= size <= shape.get("max", size), f"{place}: {size}"
    if kind == "list":
        for inner in value:
            check(shape["member"], inner, f"{place}[]")
    if "enum" in shape:
        assert value in shape["enum"], f"{place}: {value}"
    if kind == "string" and "pattern" in shape:
        assert fits(shape["pattern"], value), f"{place}: {value}"


def example(name):
    """A value that keeps every rule of its shape."""
    shape = SHAPES["shapes"][name]
    kind = shape["type"]
    if kind == "structure":
        return {m: example(shape["members"][m]) for m in shape.get("required", ())}
    if kind == "list":
        return [example(shape["member"])] * max(1, shape.get("min", 0))
    if kind == "map":
        return {}
    if kind == "blob":
        return b"x"
    if kind in NUMBERS:
        return max(1, shape.get("min", 0))
    if "enum" in shape:
        return shape["enum"][0]
    if "[0-9a-f]{8}" in shape.get("pattern", ""):
        return "00000000-0000-4000-8000-000000000000"
    return "x" * max(1, shape.get("min", 0))


def broken(name):
    """Values that break one rule of their shape each, with the rule's words."""
    shape = SHAPES["shapes"][name]
    kind = shape["type"]
    unit = {"list": [example(shape["member"])] if kind == "list" else None,
            "string": "x", "blob": b"x"}.get(kind)
    what = "value" if kind in NUMBERS else "length"
    if "max" in shape and kind != "map":
        size = shape["max"] + 1
        yield (size if unit is None else unit * size,
               f"Member must have {what} less than or equal to {shape['max']}")
    if kind == "map":
        yield ({f"k{i}": "" for i in range(shape["max"] + 1)},
               f"Member must have length less than or equal to {shape['max']}")
        yield {"aws:x": ""}, "Map keys must satisfy constraint"
        yield {"x": "#"}, "Map value must satisfy constraint"
    if shape.get("min", 0) > 0 or (kind in NUMBERS and "min" in shape):
        size = shape["min"] - 1
        yield (size if unit is None else unit * size,
               f"Member must have {what} greater than or equal to {shape['min']}")
    if "pattern" in shape and kind == "string":
        yield "#" * max(3, shape.get("min", 0)), "Member must satisfy regular expression pattern"
    if "enum" in shape:
        yield "NONE_OF_THEM", "Member must satisfy enum value set"
    if kind == "list":
        inner = SHAPES["shapes"][shape["member"]]
        if "pattern" in inner or "enum" in inner:
            yield ["#"] * max(1, shape.get("min", 0)), "Member must satisfy"


def violations(operation):
    """(input, place, words): each input breaks one rule of the operation."""
    shape = SHAPES["shapes"][SHAPES["operations"][operation]["input"]]
    good = example(SHAPES["operations"][operation]["input"])
    for member in shape.get("required", ()):
        yield {k: v for k, v in good.items() if k != member}, member, "Member must not be null"
    for path, name in members(shape):
        for value, words in broken(name):
            bad = copy.deepcopy(good)
            inner = bad
            for step in path[:-1]:
                inner = inner.setdefault(step, {})
            inner[path[-1]] = value
            yield bad, ".".join(path), words


def members(structure, above=()):
    """Every member of a structure and of those in it, with its shape's name."""
    for member, name in structure["members"].items():
        shape = SHAPES["shapes"][name]
        if shape["type"] == "structure":
            yield from members(shape, (*above, member))
        else:
            yield (*above, member), name


def java_name(place):
    """How AWS tells a place: image.s3Object.bucket."""
    return ".".join(part[0].lower() + part[1:] for part in place.split("."))
