"""Whether a change of an approved project is a major one (重大变动; Order 31, article 18): it is then reviewed again.

The place stays by another rule: an approved project stays in its division. That a change of more than ten percent of energy
or emissions is a major one is this product's rule, by the bound of article 26.
"""

from decimal import Decimal

from backend.projects.rules.moving import exceeds
from backend.projects.values import Assessment, ProjectFacts, Words

SECTOR = Words("所属行业", "the sector")
NATURE = Words("建设性质", "the nature of the construction")
PRODUCTS = Words("主要产品品种", "the products")
SCALE = Words("建设规模", "the scale")
STATED = Words("建设单位申明的其他重大变动", "another major change as the applicant states")
ENERGY = Words("能源消费量超过批复值 10%", "energy more than ten percent above what was approved")
CARBON = Words("碳排放量超过批复值 10%", "emissions more than ten percent above what was approved")


def major(
    before: ProjectFacts, facts: ProjectFacts, result: Assessment, approved: tuple[Decimal, Decimal], *, is_stated: bool
) -> list[Words]:
    """Return in what a change is a major one; nothing: it is noted. `approved` are tce and tonnes."""
    made = {each.product: (each.quantity, each.unit) for each in facts.outputs}
    made_before = {each.product: (each.quantity, each.unit) for each in before.outputs}
    found = [
        (facts.sector != before.sector, SECTOR),
        (facts.nature is not before.nature, NATURE),
        (made.keys() != made_before.keys(), PRODUCTS),
        (made.keys() == made_before.keys() and made != made_before, SCALE),
        (result.tce is not None and exceeds(result.tce, approved[0]), ENERGY),
        (result.tonnes is not None and exceeds(result.tonnes, approved[1]), CARBON),
        (is_stated, STATED),
    ]
    return [words for holds, words in found if holds]
