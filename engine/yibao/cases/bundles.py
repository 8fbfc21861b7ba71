"""The files of policy and charts that events name by their digests, for a journal to keep with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yibao.basics.digest import digest_of
from yibao.journal.bundles import Bundle, extension_bundle, file_bundle, folder_bundle
from yibao.model.events import Envelope
from yibao.readers.policy.bundles import PolicyFiles


class Bundles:
    """The bundles of one policy and its charts, of the very bytes that they were read from.

    They are put together once, by the chart of an event: most events name what the journal has long kept.
    """

    def __init__(self, policy: Sequence[PolicyFiles], charts: Mapping[str, bytes]) -> None:
        of_policy = {each.digest: _bundle(each) for each in policy}
        by_digest = {digest_of(content): content for content in charts.values()}
        self._named = {digest: {**of_policy, digest: file_bundle(content)} for digest, content in by_digest.items()}

    def named_by(self, envelope: Envelope) -> Mapping[str, Bundle]:
        """The bundles that an event with this envelope names, with those that they extend."""
        return self._named[envelope.chart_digest]


def _bundle(files: PolicyFiles) -> Bundle:
    if files.extends is None:
        return folder_bundle(files.files)
    return extension_bundle(files.files, files.extends)
