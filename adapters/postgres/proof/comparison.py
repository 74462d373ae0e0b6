"""Compares the log, as it was at a checkpoint, with what that checkpoint signed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from adapters.postgres.proof.chain import Row, head_at
from adapters.postgres.proof.diagnosis import unlike_head
from adapters.postgres.proof.document import Checkpoint
from adapters.postgres.proof.findings import Finding, Findings, Kind
from adapters.postgres.proof.merkle import Head, Heads, root


class Comparison:
    """Takes one stream after the other, in ascending order, and says at the end what is not as it was signed.

    `newest` is the newest checkpoint in the database, which the stored heads belong to: before the first, there is
    none. `exported` is one that was kept outside.
    """

    def __init__(self, newest: Checkpoint | None, exported: Checkpoint | None) -> None:
        self.position = newest.position if newest else 0
        self._signed = newest.root if newest else root({}).hex()
        self._exported = exported
        self._then = Heads()
        self._then_exported = Heads()
        self._stored = Heads()
        self._last_stored = 0
        self._differences = Findings()

    def add(self, rows: Sequence[Row], stored: Head | None, *, told: bool) -> None:
        """The events of a stream and its stored head; `told`: it is known already that events were changed."""
        then = head_at(rows, self.position)
        if then:
            self._then.add(then)
        if self._exported and (head := head_at(rows, self._exported.position)):
            self._then_exported.add(head)
        if stored:
            self._stored.add(stored)
            self._last_stored = max(self._last_stored, stored.position)
        if then != stored:
            difference = unlike_head(rows, stored, self.position)
            if difference.kind is not Kind.CHANGED or not told:
                self._differences.add(difference)

    def conclude(self, buckets: Mapping[int, bytes], findings: Findings) -> None:
        """`buckets` are the stored hashes of the stored heads."""
        log_is_signed = self._then.root().hex() == self._signed
        heads_are_signed = self._stored.root().hex() == self._signed
        if heads_are_signed and not log_is_signed:
            findings.extend(self._differences)  # the heads are authentic, so they say which streams are not
        elif not heads_are_signed or self._differences.count:
            self._blame_heads(findings)
            if not log_is_signed:
                findings.add(self._finding("the log is not what the checkpoint at this position signed"))
        if root(buckets).hex() != self._signed:
            findings.add(self._finding("proof.bucket is not what the checkpoint at this position signed"))
        if self._exported and self._then_exported.root().hex() != self._exported.root:
            detail = "the log is not what the exported checkpoint signed"
            findings.add(Finding(Kind.CHECKPOINT, detail, position=self._exported.position))

    def _blame_heads(self, findings: Findings) -> None:
        if self._last_stored > self.position:
            detail = f"proof.head goes on to position {self._last_stored}: newer checkpoints are missing"
            findings.add(self._finding(detail))
            return
        findings.add(self._finding("proof.head is not what the checkpoint at this position signed"))
        doubtful = "the log and proof.head do not tell the same of this stream"
        named = [replace(each, kind=Kind.CHECKPOINT, detail=doubtful) for each in self._differences.kept]
        findings.extend(Findings(named, self._differences.count))

    def _finding(self, detail: str) -> Finding:
        return Finding(Kind.CHECKPOINT, detail, position=self.position)
