"""The names of the national interface that we read and write, their lengths, and the other spellings of them.

Names are a protocol, not law: no jurisdiction changes them, and the checker has to work without any policy. So they
stand here (docs/decisions says why). Regions spell some of them in their own way; what a spelling stands for is in
`_ALIASES`, and a name that nobody knows is reported by the reader, never dropped unseen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

MOST_DIGITS, DECIMALS, RATIO_DECIMALS = 16, 2, 4
LONGEST_TRACE = 4_000
LONGEST_NAME = 200

TOTAL, FUND_TOTAL, PERSONAL, HOSPITAL = "medfee_sumamt", "fund_pay_sumamt", "psn_part_amt", "hosp_part_amt"
ACCOUNT, CASH, FAMILY_ACCOUNT, BALANCE = "acct_pay", "psn_cash_pay", "acct_mulaid_pay", "balc"
IN_SCOPE, DEDUCTIBLE, POOLED, RATIO = "inscp_scp_amt", "act_pay_dedc", "hifp_pay", "pool_prop_selfpay"
FUND_TYPE, FUND_AMOUNT, TRACE = "fund_pay_type", "fund_payamt", "setl_proc_info"
LINE_NAME, LINE_TOTAL, COUNT, PRICE = "feedetl_sn", "det_item_fee_sumamt", "cnt", "pric"
PARTS = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", IN_SCOPE)
LINE_PARTS = ("fulamt_ownpay_amt", "overlmt_amt", "preselfpay_amt", IN_SCOPE)
FUNDS = (POOLED, "cvlserv_pay", "hifes_pay", "hifmi_pay", "hifob_pay", "maf_pay", "oth_pay")
# Only some regions have it; where it is missing there is none.
DISABLED_FUND = "hifdm_pay"
# What a cancel mirrors. The balance is no part of it: it is the balance after the account has its money back.
MIRRORED = (
    *(TOTAL, *PARTS, DEDUCTIBLE, *FUNDS, DISABLED_FUND, FUND_TOTAL),
    *(PERSONAL, ACCOUNT, CASH, HOSPITAL, FAMILY_ACCOUNT),
)
SETTLEMENT_AMOUNTS = (*MIRRORED, BALANCE)
DETAIL_AMOUNTS = (IN_SCOPE, FUND_AMOUNT)

SETTLES = ("2102", "2207", "2304")
PRE_SETTLES = ("2101", "2206", "2303")
CANCELS = ("2103", "2208", "2305")

# The trace inside `setl_proc_info`, as the one published content of it spells it.
TRACE_ITEM, TRACE_BASE, TRACE_RATIO, TRACE_PAYS = "polItemCode", "hifpPayInscp", "poolPropSelfpay", "hifpPay"

ACCOUNT_TYPE = "310200"
ACCOUNT_TYPES = ("3102",)
HOSPITAL_TYPES = ("999996",)
PERSON_TYPES = ("999998", "999999")
# By their first four digits, as the last two tell the nation's code from a region's. Codes that are not here (999997,
# 620100, 630100, 640100, 910100 and local ones) count as a fund in one region and not in another.
FUND_TYPES = ("3101", "3201", "3301", "3302", "3401", "3501", "3701", "3901", "3902", "5101", "6101")

# The fields of a message itself, around `input` and `output`.
HEADER = re.compile(
    r"infno|msgid|mdtrtarea_admvs|insuplc_admdvs|recer_sys_code|dev_no|dev_safe_info|cainfo|signtype|infver|"
    r"opter|opter_type|opter_name|inf_time|fixmedins_code|fixmedins_name|sign_no|"
    r"infcode|inf_refmsgid|refmsg_time|respond_time|err_msg|warn_msg|exp_content"
)
# What stands around records, in messages and in lists of them.
AROUND = re.compile(r"input|output|answers|result|feedetail|data|setlinfo|setldetail")
LINE_READ = re.compile(
    r"feedetl_sn|init_feedetl_sn|det_item_fee_sumamt|cnt|pric|pric_uplmt_amt|selfpay_prop|chrgitm_lv|med_chrgitm_type|"
    r"lmt_used_flag|hosp_appr_flag|med_list_codg|fee_ocur_time|medins_list_name|hilist_name|"
    r"fulamt_ownpay_amt|overlmt_amt|preselfpay_amt|inscp_scp_amt"
)
LINE_UNREAD = re.compile(
    r"mdtrt_id|psn_no|chrg_bchno|rxno|rx_circ_flag|medins_list_codg|sin_dos_dscr|used_frqu_dscr|prd_days|medc_way_dscr|"
    r"(bilg|acord)_(dept|dr)_\w+|orders_dr_\w+|tcmdrug_used_way|etip_flag|dscg_tkdrug_flag|matn_fee_flag|"
    r"bas_medn_flag|hi_nego_drug_flag|chld_medc_flag|list_sp_item_flag|drt_reim_flag|memo"
)
# Of a settlement: what says who, where and when, and what the bureau's own records add.
SETTLEMENT_UNREAD = re.compile(
    r"psn_no|psn_name|psn_cert_type|certno|cert_no|gend|naty|brdy|age|insutype|psn_type|cvlserv_flag|setl_time|"
    r"mdtrt_cert_type|mdtrt_cert_no|med_type|medins_setl_id|clr_optins|clr_way|clr_type|psn_setlway|chrg_bchno|"
    r"acct_used_flag|invono|mid_setl_flag|dscg_?[tT]ime|exp_?[cC]ontent|dedc_std|crt_dedc|hi_agre_sumfee|refd_setl_flag|"
    r"pay_loc|setl_type|cal_ipt_cnt|manl_reim_rea|year|clct_grde|dedc_hosp_lv|lmtpric_hosp_lv|bydise_setl_payamt|"
    r"exct_item_fund_payamt|vali_flag|begndate|enddate"
)
# In a bureau's record: the settlement that it cancels; whether it is refunded, or is a refund.
ORIGINAL, REFUNDED = "init_setl_id", "refd_setl_flag"
SETTLEMENT_NAMES = ("setl_id", "mdtrt_id", ORIGINAL)
DETAIL_UNREAD = re.compile(r"crt_payb_lmt_amt|fund_pay_type_name|inscp_scp_amt|setl_id|mdtrt_id|psn_no")

_ALIASES: Mapping[str, str] = {
    "inscp_amt": IN_SCOPE,
    "othfund_pay": "oth_pay",
    "psn_pay": PERSONAL,
    "cash_payamt": CASH,
    "pdn_cash_pay": CASH,
    "ownpay_hosp_part": HOSPITAL,
    "med_sumfee": TOTAL,
    "med_fee_sumamt": TOTAL,
    "prese_ifpay_amt": "preselfpay_amt",
    "dscgtime": "dscg_time",
}
_OF_A_LINE: Mapping[str, str] = {"overlmt_selfpay": "overlmt_amt", "hilist_lv": "chrgitm_lv"}
_OF_A_SETTLEMENT: Mapping[str, str] = {"overlmt_amt": "overlmt_selfpay"}
_OF_A_HEADER: Mapping[str, str] = {
    "mdtrtarea_admdvs": "mdtrtarea_admvs",
    "insu_admdvs": "insuplc_admdvs",
    "insu_optins": "insuplc_admdvs",
}
_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])")


@lru_cache(maxsize=1_024)
def plain_name(key: str) -> str:
    """A key in the interface's own spelling: `cashPayamt` and `CASH_PAYAMT` are `psn_cash_pay`."""
    snake = (key if key.isupper() else _HUMP.sub(r"_\1", key)).lower()
    return _ALIASES.get(snake, snake)


def line_name(key: str) -> str:
    """The same for a key of a fee line."""
    name = plain_name(key)
    return _OF_A_LINE.get(name, name)


def settlement_name(key: str) -> str:
    """The same for a key of a settlement."""
    name = plain_name(key)
    return _OF_A_SETTLEMENT.get(name, name)


def header_name(key: str) -> str:
    """The same for a key of a message itself."""
    name = plain_name(key)
    return _OF_A_HEADER.get(name, name)
