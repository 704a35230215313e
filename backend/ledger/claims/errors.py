"""Errors of questions about units and benefits.

Invalid
  SerialQuestionInvalid  neither, or both, of a serial and a registry's code
  BenefitMissing         a question about no units and no energy
"""

from backend.kit.errors import Invalid


class SerialQuestionInvalid(Invalid):
    """Neither, or both, of a serial and a registry's code."""

    code = "serial_question_invalid"
    en = "Name either the serial here, or the registry's own code, not both."
    zh = "请只填写本系统序列号或登记机构编码之一。"


class BenefitMissing(Invalid):
    """A question about no units and no energy: `not claimed` would be an answer about nothing."""

    code = "benefit_missing"
    en = "Say what is asked about: the serials of units, or the code of a plant with the days of its energy."
    zh = "请指明查询对象：单位的序列号，或电站编码及电量起止日期。"
