"""The methods: ways to turn a month's quantity into gases, as data with one pure function each.

Every method is linear in its quantity. That law, and where the one rounding happens, is written in
`arithmetic.py`; the methods themselves stand in `fuel`, `energy`, `process`, `aluminium` and `other`, the
packs that bundle them by reporting guide in `packs`.
"""

from backend.emissions.errors import MethodNotInPack, UnknownMethod, UnknownPack
from backend.emissions.methods import aluminium, energy, fuel, other, process
from backend.emissions.methods.packs import PACKS
from backend.emissions.values import Method, MethodPack

METHODS: dict[str, Method] = {
    each.code: each
    for each in (
        fuel.FUEL_COMBUSTION,
        fuel.POWER_COAL_UNMEASURED,
        energy.PURCHASED_ELECTRICITY,
        energy.PURCHASED_GREEN_ELECTRICITY,
        energy.CLAIMED_ELECTRICITY,
        energy.SOLD_ELECTRICITY,
        energy.ONSITE_NONFOSSIL_ELECTRICITY,
        energy.PURCHASED_HEAT,
        energy.SOLD_HEAT,
        energy.PURCHASED_STEAM,
        energy.SOLD_STEAM,
        process.CARBONATE,
        process.CLINKER,
        process.STEEL_CARBON_INPUT,
        process.STEEL_CARBON_OUTPUT,
        aluminium.ALUMINIUM_PFC,
        aluminium.ALUMINIUM_PFC_SLOPE,
        aluminium.ALUMINIUM_ANODE,
        other.SCOPE3_ACTIVITY,
        other.DIRECT_STATEMENT,
        *other.RELEASES,
    )
}
"""Every method by code."""


def method(code: str) -> Method:
    """Return the method of a code.

    Raises:
        UnknownMethod: there is none.
    """
    found = METHODS.get(code)
    if found is None:
        raise UnknownMethod(method=code)
    return found


def pack(code: str) -> MethodPack:
    """Return the method pack of a code.

    Raises:
        UnknownPack: there is none.
    """
    found = PACKS.get(code)
    if found is None:
        raise UnknownPack(pack=code)
    return found


def method_of_pack(code: str, pack_code: str) -> Method:
    """Return a method an account that reports by this pack may use.

    Raises:
        UnknownMethod: there is no such method.
        UnknownPack: there is no such pack.
        MethodNotInPack: the guide does not use it.
    """
    found = method(code)
    if code not in pack(pack_code).methods:
        raise MethodNotInPack(method=code, pack=pack_code)
    return found
