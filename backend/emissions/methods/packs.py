"""Method packs: which methods a reporting guide uses, and the fuel table its reports name."""

from backend.emissions.values import Label, MethodPack

_EVERYWHERE = (
    "fuel_combustion", "purchased_electricity", "purchased_green_electricity", "sold_electricity",
    "onsite_nonfossil_electricity", "purchased_heat", "sold_heat", "purchased_steam", "sold_steam",
    "scope3_activity", "direct_statement",
    "release_co2", "release_ch4", "release_n2o", "release_sf6", "release_cf4", "release_c2f6",
)  # fmt: skip

PACKS: dict[str, MethodPack] = {
    pack.code: pack
    for pack in (
        MethodPack(
            "power", Label("发电设施", "power generation"),
            "企业温室气体排放核算与报告指南 发电设施 (CETS-AG-01.01)", "from-memory", "A_MEE_ETS",
            (*_EVERYWHERE, "power_coal_unmeasured", "carbonate"),
        ),
        MethodPack(
            "steel", Label("钢铁生产", "iron and steel"),
            "企业温室气体排放核算与报告指南 钢铁行业 (CETS-AG-03.01-V01-2024)", "verified-by-lookup", "A_MEE_ETS",
            (*_EVERYWHERE, "carbonate", "steel_carbon_input", "steel_carbon_output"),
        ),
        MethodPack(
            "cement", Label("水泥熟料", "cement clinker"),
            "企业温室气体排放核算与报告指南 水泥行业 (CETS-AG-02.01)", "from-memory", "A_MEE_ETS",
            (*_EVERYWHERE, "clinker", "carbonate"),
        ),
        MethodPack(
            "aluminium", Label("铝冶炼", "aluminium smelting"),
            "企业温室气体排放核算与报告指南 铝冶炼行业 (CETS-AG-04.01)", "from-memory", "A_MEE_ETS",
            (*_EVERYWHERE, "aluminium_pfc", "aluminium_pfc_slope", "aluminium_anode", "carbonate"),
        ),
        MethodPack(
            "general", Label("工业其他行业", "general industry"),
            "工业其他行业企业温室气体排放核算方法与报告指南（试行） (发改办气候〔2015〕1722号)", "from-memory",
            "C_INDUSTRY_OTHER", (*_EVERYWHERE, "carbonate"),
        ),
    )
}  # fmt: skip
"""By code. The general pack's guide number and table C are from memory, and say so."""
