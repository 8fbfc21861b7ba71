"""What settlement is given of the lines: their final splits, in fen. How they came about is not its business."""

from __future__ import annotations

from attrs import frozen

from yibao.model.claim import Line

Column = tuple[int | None, ...]
PARTS = ("billed", "full_self_pay", "over_ceiling", "first_self_pay", "in_scope")
# The parts of one line in this order, all of them known.
Row = tuple[int, int, int, int, int]


@frozen(kw_only=True)
class Splits:
    """The lines of a claim and their parts in fen, column by column; None for what an absent fact leaves unknown.

    `absent` has for each line the paths of those facts. Known parts add up: billed = full self-pay + over ceiling +
    first self-pay + in scope.
    """

    lines: tuple[Line, ...]
    billed: Column
    full_self_pay: Column
    over_ceiling: Column
    first_self_pay: Column
    in_scope: Column
    absent: tuple[tuple[str, ...], ...]

    def only(self, places: list[int]) -> Splits:
        """The lines at these places."""
        return Splits(
            lines=tuple([self.lines[place] for place in places]),
            billed=tuple([self.billed[place] for place in places]),
            full_self_pay=tuple([self.full_self_pay[place] for place in places]),
            over_ceiling=tuple([self.over_ceiling[place] for place in places]),
            first_self_pay=tuple([self.first_self_pay[place] for place in places]),
            in_scope=tuple([self.in_scope[place] for place in places]),
            absent=tuple([self.absent[place] for place in places]),
        )
