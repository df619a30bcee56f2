# Copyright: inet6.postfix contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

# Private to this collection: not part of its public interface, may change in any release.
"""What can be wrong, as data: the core raises it, the plugins translate it for Ansible."""

from __future__ import annotations

from typing import Iterable, List, NamedTuple

ERROR = 'error'
WARNING = 'warning'

# What Postfix itself would do with a value.
FATAL = 'fatal at start'
TEMPFAIL = '451 to clients'
DEAD = 'silently dead'
OTHER_MEANING = 'means something else'
OBEYED = 'obeyed'

LONGEST_TOKEN_SHOWN = 100


def shown(token: str) -> str:
    """Give a token as a message shows it: bare where that is unambiguous, else quoted; never longer than a line."""
    if len(token) > LONGEST_TOKEN_SHOWN:
        token = token[:LONGEST_TOKEN_SHOWN] + '…'
    if token and token.isprintable() and ' ' not in token:
        return token
    return ascii(token)


def legible(text: str) -> str:
    """Replace what is not printable, such as what a stranger sends to confuse a terminal."""
    return ''.join(character if character.isprintable() else '?' for character in text)


class Problem(NamedTuple):
    """One thing that is wrong with one value of one parameter."""

    code: str
    """Stable name of the rule that was broken."""
    parameter: str
    token: str
    """The offending part of the value as it was given."""
    position: int
    """Which item of a list it is, from 1; 0 where the value as a whole is meant."""
    verdict: str
    """What Postfix would do with it, one of this module's constants."""
    rule: str
    """The rest of the sentence that begins with the token."""
    cure: str
    reference: str
    """The manual page that states the rule."""
    severity: str = ERROR

    def __str__(self) -> str:
        """Name parameter, value, rule, cure and manual page in one line."""
        return f'{self.parameter}: {shown(self.token)} {self.rule}; {self.cure} ({self.reference})'


class Fault(NamedTuple):
    """Why Postfix does not take a token for what was meant, wherever it stands."""

    code: str
    verdict: str
    rule: str
    cure: str
    severity: str = ERROR

    def of(self, parameter: str, token: str, position: int = 0, reference: str = '') -> Problem:
        """Say where it stands; the reference is postconf(5) unless another is named."""
        return Problem(self.code, parameter, token, position, self.verdict, self.rule, self.cure,
                       reference or f'postconf(5) {parameter}', self.severity)


class CoreError(Exception):
    """Base of everything that the core raises on purpose; its text is fit for an administrator."""

    rolled_back = False
    """Whether the old configuration is in use again."""


class Rejected(CoreError):
    """Values that Postfix would misread, or that this host cannot carry out."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Take at least one problem."""
        self.problems: List[Problem] = list(problems)
        super().__init__('\n'.join(str(problem) for problem in self.problems))


def reject_errors(problems: Iterable[Problem]) -> List[Problem]:
    """Return the warnings among the problems.

    Raises:
        Rejected: there are errors among them; it carries these alone.
    """
    found = list(problems)
    errors = [problem for problem in found if problem.severity == ERROR]
    if errors:
        raise Rejected(errors)
    return found
