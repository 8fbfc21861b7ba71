"""The files of policy and charts that events name by their digests, for a journal to keep with them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from yibao.basics.digest import digest_of
from yibao.basics.problems import Place, ProblemsFound, problem_of
from yibao.journal.bundles import Bundle, extension_bundle, file_bundle, folder_bundle
from yibao.model.events import Envelope
from yibao.readers.policy.bundles import PolicyFiles


class Bundles:
    """The bundles of one policy and its charts. The files of the policy are read when a journal first needs them."""

    def __init__(
        self, policy_digest: str, policy_files: Callable[[], Sequence[PolicyFiles]], charts: Mapping[str, bytes]
    ) -> None:
        self._policy_digest = policy_digest
        self._policy_files = policy_files
        self._charts = {digest_of(content): content for content in charts.values()}

    def named_by(self, envelope: Envelope) -> Mapping[str, Bundle]:
        """The bundles that an event with this envelope names, with those that they extend.

        Raises ProblemsFound where the files are not those that were read.
        """
        chart = self._charts[envelope.chart_digest]
        return {**self._of_policy, envelope.chart_digest: file_bundle(chart)}

    @cached_property
    def _of_policy(self) -> Mapping[str, Bundle]:
        kept = self._policy_files()
        if kept[-1].digest != self._policy_digest:
            message = "the files of the policy have changed since they were read"
            raise ProblemsFound([problem_of("policy-changed", message, Place(path="policy"), "run the command again")])
        return {each.digest: _bundle(each) for each in kept}


def _bundle(files: PolicyFiles) -> Bundle:
    if files.extends is None:
        return folder_bundle(files.files)
    return extension_bundle(files.files, files.extends)
