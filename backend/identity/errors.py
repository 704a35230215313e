"""Errors of identity.

    NotFound          OrganisationNotFound PersonNotFound PersonUnknown MembershipNotFound InvitationNotFound
                      VerifierNotFound BankNotFound EngagementNotFound ConsentNotFound ClientNotFound
                      EnterpriseNotFound ConsentRequestNotFound
    Forbidden         KindForbidden RegionForbidden OwnOrganisation PasswordWrong SystemOnly
    Unauthenticated   SignInRefused TokenInvalid TokenExpired TokenRevoked TokenOfAnotherTenant
                      RefreshTokenInvalid RefreshTokenReused ClientRefused InvitationInvalid
    Invalid           CreditCodeInvalid EmailInvalid NameInvalid PasswordWeak RoleUnknown PeriodInvalid
                      PurposeMissing ConsentScopesInvalid PermissionsInvalid ReasonMissing SectorInvalid
                      ConsentWider MessageTooLong
    Conflict          OrganisationExists EmailTaken RoleHeld LastAdministrator AlreadyRevoked AlreadySuspended
                      NotSuspended AlreadyEngaged AlreadyConsented NoOrganisation HasAdministrator
                      ConsentRequestOpen ConsentRequestEnded
    Limited           SignInLocked ConsentRequestsTooMany

Whether an e-mail address is known is told to nobody: an unknown address, a wrong password and a disabled
person are one `SignInRefused`, and a locked address is locked whether or not anybody has it.
"""

from backend.kit.errors import Conflict, Forbidden, Invalid, Limited, NotFound, Unauthenticated


class OrganisationNotFound(NotFound):
    """No such organisation, or the caller may not know of it."""

    code = "organisation_not_found"
    en = "No organisation with this identifier."
    zh = "未找到该单位。"


class PersonNotFound(NotFound):
    """No such person among the organisation's own."""

    code = "person_not_found"
    en = "No such person in your organisation. Invite them by e-mail."
    zh = "本单位没有该人员，请通过电子邮箱邀请。"


class PersonUnknown(NotFound):
    """Nobody has the address. Told to the operator's tools only."""

    code = "person_unknown"
    en = "Nobody here has the e-mail address {email}."
    zh = "没有使用邮箱 {email} 的人员。"


class MembershipNotFound(NotFound):
    """No such membership in the caller's organisation."""

    code = "membership_not_found"
    en = "No membership with this identifier in your organisation."
    zh = "本单位没有该成员角色记录。"


class InvitationNotFound(NotFound):
    """No such invitation of the caller's organisation."""

    code = "invitation_not_found"
    en = "No invitation with this identifier in your organisation."
    zh = "本单位没有该邀请。"


class VerifierNotFound(NotFound):
    """No active verifier with this identifier."""

    code = "verifier_not_found"
    en = "No active verification body with this identifier."
    zh = "未找到该核查机构，或其已停用。"


class BankNotFound(NotFound):
    """No active bank with this identifier."""

    code = "bank_not_found"
    en = "No active bank with this identifier."
    zh = "未找到该银行，或其已停用。"


class EngagementNotFound(NotFound):
    """No such engagement of the caller's."""

    code = "engagement_not_found"
    en = "No engagement with this identifier."
    zh = "未找到该核查委托。"


class ConsentNotFound(NotFound):
    """No such consent of the caller's."""

    code = "consent_not_found"
    en = "No consent with this identifier."
    zh = "未找到该授权。"


class EnterpriseNotFound(NotFound):
    """No active enterprise with this credit code, or with an account of this number."""

    code = "enterprise_not_found"
    en = "No enterprise here has the credit code or account number '{written}'. Check it against the public register."
    zh = "本辖区没有统一社会信用代码或碳账户编号为“{written}”的企业，请核对后重试。"


class ConsentRequestNotFound(NotFound):
    """No such request of, or to, the caller."""

    code = "consent_request_not_found"
    en = "No consent request with this identifier."
    zh = "未找到该授权申请。"


class ClientNotFound(NotFound):
    """No such API client of the caller's organisation."""

    code = "client_not_found"
    en = "No API client with this identifier in your organisation."
    zh = "本单位没有该接口客户端。"


class KindForbidden(Forbidden):
    """The caller's kind of organisation cannot do this, or not with that kind."""

    code = "kind_forbidden"
    en = "An organisation of kind '{kind}' cannot do this{why}."
    zh = "“{kind}”类单位不能执行此操作。"


class RegionForbidden(Forbidden):
    """The division lies outside the authority's region."""

    code = "region_forbidden"
    en = "Division {division} is outside your region. Ask the authority responsible for it."
    zh = "区划 {division} 不在您的管辖范围内，请联系其主管部门。"


class OwnOrganisation(Forbidden):
    """An organisation cannot do this to itself."""

    code = "own_organisation"
    en = "You cannot do this to your own organisation. Ask the level above."
    zh = "不能对本单位执行此操作，请联系上级。"


class PasswordWrong(Forbidden):
    """The present password does not match."""

    code = "password_wrong"
    en = "The present password is not right."
    zh = "当前密码不正确。"


class SystemOnly(Forbidden):
    """Only the service itself does this."""

    code = "system_only"
    en = "Only the operator's own tools can do this."
    zh = "仅运营方的工具可以执行此操作。"


class SignInRefused(Unauthenticated):
    """E-mail and password do not fit; deliberately says no more."""

    code = "sign_in_refused"
    en = "E-mail address and password do not fit. After five failures the address is locked for a while."
    zh = "邮箱或密码不正确。连续五次失败后，该邮箱将被暂时锁定。"


class SignInLocked(Limited):
    """Too many failed sign-ins for this address, whether or not anybody has it."""

    code = "sign_in_locked"
    en = "Too many failed sign-ins for this address. Try again after {until}."
    zh = "该邮箱登录失败次数过多，请在 {until} 之后重试。"


class ConsentRequestsTooMany(Limited):
    """The bank has asked as often as it may in an hour, answered or not."""

    code = "consent_requests_too_many"
    en = "Your bank has sent {most} consent requests within an hour, the most there may be. Try again after {until}."
    zh = "贵行一小时内已提交 {most} 次授权申请，达到上限，请在 {until} 之后重试。"


class TokenInvalid(Unauthenticated):
    """Not a token of ours."""

    code = "token_invalid"
    en = "The access token is not valid. Sign in again."
    zh = "访问令牌无效，请重新登录。"


class TokenExpired(Unauthenticated):
    """The token was ours; its time has passed."""

    code = "token_expired"
    en = "The access token has expired. Refresh it or sign in again."
    zh = "访问令牌已过期，请刷新或重新登录。"


class TokenRevoked(Unauthenticated):
    """The token was withdrawn before its time."""

    code = "token_revoked"
    en = "The access token was withdrawn. Sign in again."
    zh = "访问令牌已被撤销，请重新登录。"


class TokenOfAnotherTenant(Unauthenticated):
    """The token names another jurisdiction than the request."""

    code = "token_of_another_tenant"
    en = "The access token belongs to another jurisdiction. Sign in here."
    zh = "该访问令牌属于其他地区，请在本地区登录。"


class RefreshTokenInvalid(Unauthenticated):
    """Unknown, expired or withdrawn refresh token."""

    code = "refresh_token_invalid"
    en = "The session has ended. Sign in again."
    zh = "会话已结束，请重新登录。"


class RefreshTokenReused(Unauthenticated):
    """A refresh token was used twice: somebody else may hold it, so the whole session is withdrawn."""

    code = "refresh_token_reused"
    en = "This session was continued elsewhere and has been ended for safety. Sign in again."
    zh = "该会话已在别处续用，为安全起见已终止，请重新登录。"


class ClientRefused(Unauthenticated):
    """Client id and secret do not fit."""

    code = "client_refused"
    en = "Client id and secret do not fit, or the client was revoked."
    zh = "客户端标识或密钥不正确，或客户端已被撤销。"


class InvitationInvalid(Unauthenticated):
    """Unknown, expired, withdrawn or accepted invitation."""

    code = "invitation_invalid"
    en = "The invitation is not valid any more. Ask for a new one."
    zh = "邀请已失效，请重新获取邀请。"


class CreditCodeInvalid(Invalid):
    """Not a unified social credit code (GB 32100)."""

    code = "credit_code_invalid"
    en = "'{credit_code}' is not a unified social credit code: {reason_en}."
    zh = "“{credit_code}”不是有效的统一社会信用代码：{reason_zh}。"


class EmailInvalid(Invalid):
    """Not an e-mail address."""

    code = "email_invalid"
    en = "'{email}' is not an e-mail address."
    zh = "“{email}”不是有效的邮箱地址。"


class NameInvalid(Invalid):
    """A name is missing or too long."""

    code = "name_invalid"
    en = "A name has 1 to 200 characters."
    zh = "名称须为 1 至 200 个字符。"


class PasswordWeak(Invalid):
    """The password is too easy to guess."""

    code = "password_weak"
    en = "Choose a stronger password: {reason_en}."
    zh = "请使用更强的密码：{reason_zh}。"


class RoleUnknown(Invalid):
    """The organisation's kind has no such role."""

    code = "role_unknown"
    en = "An organisation of kind '{kind}' has no role '{role}'. It has: {known}."
    zh = "“{kind}”类单位没有角色“{role}”，可用角色：{known}。"


class PeriodInvalid(Invalid):
    """A period ends before it starts, is already over, or is too long."""

    code = "period_invalid"
    en = "From {starts_on} to {ends_on} cannot be used: {reason_en}."
    zh = "期间 {starts_on} 至 {ends_on} 无效：{reason_zh}。"


class PurposeMissing(Invalid):
    """The purpose is empty or too long."""

    code = "purpose_missing"
    en = "State the purpose in 1 to 500 characters."
    zh = "请填写用途（1 至 500 个字符）。"


class ReasonMissing(Invalid):
    """The reason is empty or too long."""

    code = "reason_missing"
    en = "State the reason in 1 to 500 characters."
    zh = "请填写原因（1 至 500 个字符）。"


class ConsentScopesInvalid(Invalid):
    """No scope, or one that does not exist."""

    code = "consent_scopes_invalid"
    en = "The scopes cannot be used: {reason_en}. Choose at least one of: {known}."
    zh = "授权范围有误：{reason_zh}。请至少选择一项：{known}。"


class ConsentWider(Invalid):
    """The answer opens more than was asked for."""

    code = "consent_wider"
    en = "The request asks for {scopes} from {starts_on} to {ends_on}; grant that or less."
    zh = "该申请的范围为 {scopes}，期间为 {starts_on} 至 {ends_on}；授权只能等于或小于申请。"


class MessageTooLong(Invalid):
    """A message to the enterprise that is longer than fits."""

    code = "consent_message_too_long"
    en = "The message has {length} characters; at most {most} fit."
    zh = "留言有 {length} 个字符，最多 {most} 个。"


class PermissionsInvalid(Invalid):
    """A program was to be granted nothing, or more than it can have."""

    code = "permissions_invalid"
    en = "These permissions cannot be granted: {refused}. You can grant: {known}."
    zh = "不能授予以下权限：{refused}。可授予：{known}。"


class SectorInvalid(Invalid):
    """A sector on something that is not an enterprise."""

    code = "sector_invalid"
    en = "Only an enterprise has a sector."
    zh = "只有企业可以填写行业。"


class OrganisationExists(Conflict):
    """The credit code is registered already."""

    code = "organisation_exists"
    en = "An organisation with the credit code {credit_code} is registered already."
    zh = "统一社会信用代码 {credit_code} 已登记。"


class EmailTaken(Conflict):
    """The address belongs to a person already. Told to the operator's tools only."""

    code = "email_taken"
    en = "The e-mail address {email} belongs to a person already."
    zh = "邮箱 {email} 已被使用。"


class RoleHeld(Conflict):
    """The person has the role already."""

    code = "role_held"
    en = "This person has the role '{role}' already."
    zh = "该人员已拥有角色“{role}”。"


class LastAdministrator(Conflict):
    """An organisation keeps at least one administrator."""

    code = "last_administrator"
    en = "This is the organisation's last administrator. Make somebody else administrator first."
    zh = "这是本单位最后一名管理员，请先指定其他管理员。"


class HasAdministrator(Conflict):
    """The organisation has administrators of its own, who invite its people."""

    code = "has_administrator"
    en = "This organisation has an administrator, who invites its people."
    zh = "该单位已有管理员，请由其管理员邀请人员。"


class AlreadyRevoked(Conflict):
    """It was revoked, ended or accepted before."""

    code = "already_revoked"
    en = "This ended already, at {at}."
    zh = "已于 {at} 结束。"


class AlreadySuspended(Conflict):
    """The organisation is suspended already."""

    code = "already_suspended"
    en = "The organisation is suspended already."
    zh = "该单位已被停用。"


class NotSuspended(Conflict):
    """The organisation is not suspended."""

    code = "not_suspended"
    en = "The organisation is not suspended."
    zh = "该单位未被停用。"


class AlreadyEngaged(Conflict):
    """The verifier is engaged for an overlapping period."""

    code = "already_engaged"
    en = "This verification body is engaged from {starts_on} to {ends_on} already. End that engagement first."
    zh = "该核查机构在 {starts_on} 至 {ends_on} 期间已受委托，请先结束该委托。"


class AlreadyConsented(Conflict):
    """The bank has a consent for an overlapping period."""

    code = "already_consented"
    en = "This bank has a consent from {starts_on} to {ends_on} already. Revoke it first to change it."
    zh = "该银行在 {starts_on} 至 {ends_on} 期间已获授权，如需变更请先撤销。"


class ConsentRequestOpen(Conflict):
    """The bank's last request to this enterprise waits for an answer."""

    code = "consent_request_open"
    en = "Your request of {asked_at} to this enterprise waits for an answer. Withdraw it first to ask otherwise."
    zh = "贵行于 {asked_at} 向该企业提出的授权申请尚待答复，如需变更请先撤回。"


class ConsentRequestEnded(Conflict):
    """The request takes no answer any more."""

    code = "consent_request_ended"
    en = "This request was {state} at {at} and takes no answer any more. The bank can ask again."
    zh = "该授权申请已于 {at} 终结（{state_zh}），不能再答复；银行可重新申请。"


class NoOrganisation(Conflict):
    """The password is right, but the person has no role in any active organisation (or not in the one named)."""

    code = "no_organisation"
    en = "You have no role in an active organisation here. Ask your organisation's administrator."
    zh = "您在有效单位中没有任何角色，请联系本单位管理员。"
