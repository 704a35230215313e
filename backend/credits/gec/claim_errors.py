"""Errors of claiming green certificates.

Invalid
  ClaimUsesInvalid            no use, or one certificates cannot serve
  ClaimYearInvalid            a year that is not over the horizon of certificates, or still to come
  ClaimBeneficiaryInvalid     market-based scope 2 is the holder's own
  ClaimSelectionInvalid       neither or more than one way to say which certificates
Conflict
  CertificatesUnsuitable      certificates that cannot serve this use or year, or of which that cannot be told
  CertificatesNotEnough       fewer suitable certificates than wanted
NotFound
  CertificateClaimNotFound    the movement claimed nothing (any more)
"""

from backend.kit.errors import Conflict, Invalid, NotFound


class ClaimUsesInvalid(Invalid):
    """No use, or one certificates cannot serve."""

    code = "claim_uses_invalid"
    en = "Name what the certificates are claimed for: {allowed}. '{given}' cannot be."
    zh = "请注明绿证的声明用途：{allowed}。不支持“{given}”。"


class ClaimYearInvalid(Invalid):
    """A year before certificates existed, or one that has not begun."""

    code = "claim_year_invalid"
    en = "Certificates cannot be claimed for {year}; name a year from {first} to {last}."
    zh = "不能为 {year} 年声明绿证，请填写 {first} 至 {last} 之间的年份。"


class ClaimBeneficiaryInvalid(Invalid):
    """Whoever used the electricity claims its certificates himself."""

    code = "claim_beneficiary_invalid"
    en = (
        "For market-based scope 2 the beneficiary is the holder ({holder}): the electricity is its own. Transfer the "
        "certificates to {given}, who then claims them."
    )
    zh = "用于基于市场的范围二时，受益人须为持有人（{holder}）本身。如受益人为{given}，请先转让，再由其自行声明。"


class ClaimSelectionInvalid(Invalid):
    """Certificates are named in exactly one way."""

    code = "claim_selection_invalid"
    en = "Say which certificates: a quantity, or serials, or a batch (with or without a quantity)."
    zh = "请以一种方式指明绿证：数量，或序列号，或批次（可附数量）。"


class CertificatesUnsuitable(Conflict):
    """Certificates that cannot serve this use or year; what cannot be told blocks too."""

    code = "certificates_unsuitable"
    en = "These certificates cannot be claimed. {reason_en} `certificateGuidance` says what they serve."
    zh = "所选绿证不能用于本次声明。{reason_zh}可通过 certificateGuidance 查看其适用用途。"


class CertificatesNotEnough(Conflict):
    """Fewer suitable certificates than wanted."""

    code = "certificates_not_enough"
    en = (
        "{asked} certificates are wanted for {year}; {suitable} of the {held} at hand are suitable. The first that is "
        "not: {reason_en} `certificateGuidance` says of each why."
    )
    zh = (
        "{year} 年需要 {asked} 张绿证，现有 {held} 张中仅 {suitable} 张可用。首个不可用原因：{reason_zh}"
        "可通过 certificateGuidance 逐批查看原因。"
    )


class CertificateClaimNotFound(NotFound):
    """The movement claimed nothing (any more), or is not visible."""

    code = "certificate_claim_not_found"
    en = "No standing claim of certificates was made by this movement."
    zh = "该流水没有有效的绿证声明。"
