"""Thirty-two costs at once: the few steps of the automaton that work on a whole row, as vector instructions.

A row is 32 unsigned bytes that stay at 255 when added to; 255 says never. Rows are named by their address, since handing
arrays on costs more than the work. Numba compiles no such vectors by itself, so their code is written for LLVM here; where
a processor has no vectors of this width, LLVM cuts them to those it has.
"""

# mypy: disable-error-code="no-untyped-def,no-untyped-call"

from __future__ import annotations

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 32
STATE = 2 * LANES
"""Bytes of a state: a row of the places reached, a row of pairs of which one symbol is pending."""
REST_AT, SKIP_AT, ZEROED_AT = 0, LANES, 3 * LANES
"""Offsets in the rows below those of the symbols: see `costs`."""
COME, STAY, PENDING = range(3)
"""Rows of the limits of a walk: what may have been spent on coming to each place, on staying there, with a pair pending."""

_byte, _word, _mask = ir.IntType(8), ir.IntType(64), ir.IntType(LANES)
_row = ir.VectorType(_byte, LANES)
_full = ir.Constant(_row, [255] * LANES)


class _Rows:
    """Writes instructions on rows."""

    def __init__(self, builder) -> None:
        self.builder = builder

    def load(self, address, offset: int = 0):
        row = self.builder.load(self._at(address, offset))
        row.align = 1
        return row

    def store(self, row, address, offset: int) -> None:
        self.builder.store(row, self._at(address, offset)).align = 1

    def _at(self, address, offset: int):
        return self.builder.inttoptr(self.builder.add(address, ir.Constant(_word, offset)), _row.as_pointer())

    def _call(self, name: str, *rows):
        kind = ir.FunctionType(_row, [_row] * len(rows))
        return self.builder.call(cgutils.get_or_insert_function(self.builder.module, kind, f"llvm.{name}.v{LANES}i8"), rows)

    def add(self, one, other):
        return self._call("uadd.sat", one, other)

    def least(self, one, other):
        return self.builder.select(self.builder.icmp_unsigned("<", one, other), one, other)

    def later(self, row, places: int):
        """The row moved towards the end of the marks; never in the places that it leaves."""
        pick = [LANES if k < places else k - places for k in range(LANES)]
        return self.builder.shuffle_vector(row, _full, ir.Constant(ir.VectorType(ir.IntType(32), LANES), pick))

    def within(self, row, limit):
        return self.builder.select(self.builder.icmp_unsigned(">", row, limit), _full, row)

    def bits(self, lanes):
        return self.builder.zext(self.builder.bitcast(lanes, _mask), _word)

    def alive(self, row):
        return self.bits(self.builder.icmp_unsigned("!=", row, _full))


@intrinsic
def advance(typingctx, state, read, swap, common, limits, ended, out):
    """Writes to `out` the state one symbol after `state`; returns which lanes are alive: places, then pending pairs.

    All but `ended` are addresses: `read`, `swap` the rows of the symbol, `common` at the offsets above, `limits` the rows above.
    `ended` is 0 where a run of zeros in front ends with this symbol, else 255.
    """

    def code(context, builder, signature, arguments):
        state, read, swap, common, limits, ended, out = arguments
        rows = _Rows(builder)
        old, pending, reads = rows.load(state), rows.load(state, LANES), rows.load(read)
        come = rows.load(limits, LANES * COME)
        splat = builder.shuffle_vector(
            builder.insert_element(ir.Constant(_row, ir.Undefined), builder.trunc(ended, _byte), ir.Constant(ir.IntType(32), 0)),
            ir.Constant(_row, ir.Undefined), ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES),
        )  # fmt: skip
        old = rows.least(old, builder.or_(rows.load(common, ZEROED_AT), splat))
        arrived = rows.least(rows.later(rows.add(old, reads), 1), rows.later(rows.add(pending, reads), 2))
        held = rows.within(rows.add(old, rows.load(common, REST_AT)), rows.load(limits, LANES * STAY))
        first = rows.least(rows.within(arrived, come), held)
        skip = rows.load(common, SKIP_AT)
        # A place passed over, and the next: until no more can be.
        before, loop, after = builder.block, builder.append_basic_block("pass"), builder.append_basic_block("passed")
        builder.branch(loop)
        builder.position_at_end(loop)
        row = builder.phi(_row)
        row.add_incoming(first, before)
        further = rows.least(row, rows.within(rows.add(rows.later(row, 1), skip), come))
        changed = rows.bits(builder.icmp_unsigned("!=", row, further))
        row.add_incoming(further, loop)
        builder.cbranch(builder.icmp_unsigned("!=", changed, ir.Constant(_word, 0)), loop, after)
        builder.position_at_end(after)
        pairs = rows.within(rows.add(old, rows.load(swap)), rows.load(limits, LANES * PENDING))
        rows.store(further, out, 0)
        rows.store(pairs, out, LANES)
        return builder.or_(rows.alive(further), builder.shl(rows.alive(pairs), ir.Constant(_word, LANES)))

    return types.uint64(*[types.int64] * 7), code


@intrinsic
def least_sum(typingctx, state, ahead):
    """The least of a state's lanes plus what lies ahead of them (64 bytes at either address)."""

    def code(context, builder, signature, arguments):
        rows = _Rows(builder)
        state, ahead = arguments
        sums = rows.least(*(rows.add(rows.load(state, at), rows.load(ahead, at)) for at in (0, LANES)))
        kind = ir.FunctionType(_byte, [_row])
        reduce = cgutils.get_or_insert_function(builder.module, kind, f"llvm.vector.reduce.umin.v{LANES}i8")
        return builder.zext(builder.call(reduce, [sums]), _word)

    return types.int64(types.int64, types.int64), code


@intrinsic
def zeros_before(typingctx, bits):
    """How many zero bits stand above the highest one; 64 where there is none."""

    def code(context, builder, signature, arguments):
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), code


@intrinsic
def zeros_after(typingctx, bits):
    """How many zero bits stand below the lowest one; 64 where there is none."""

    def code(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.int64(types.uint64), code


@intrinsic
def fetch(typingctx, address):
    """Asks for the memory at an address ahead of its use: registers of millions do not fit the caches."""

    def code(context, builder, signature, arguments):
        small, text = ir.IntType(32), _byte.as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [text, small, small, small])
        ask = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
        builder.call(ask, [builder.inttoptr(arguments[0], text), *(ir.Constant(small, k) for k in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(types.int64), code


def _pointers(kind):
    """A function that takes an address for a pointer to numbers of one kind, which is indexed like an array of one dimension."""

    @intrinsic
    def pointer(typingctx, address):
        def code(context, builder, signature, arguments):
            return builder.inttoptr(arguments[0], context.get_value_type(types.CPointer(kind)))

        return types.CPointer(kind)(types.int64), code

    return pointer


@intrinsic
def address_of(typingctx, pointer):
    """The address that a pointer holds."""

    def code(context, builder, signature, arguments):
        return builder.ptrtoint(arguments[0], _word)

    return types.int64(pointer), code


bytes_from, shorts_from, ints_from = _pointers(types.uint8), _pointers(types.int16), _pointers(types.int32)
words_from, longs_from = _pointers(types.uint64), _pointers(types.int64)
