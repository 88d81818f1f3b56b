"""The currency codes there are. A code that is none of these is a mistake, and an amount in it would never be counted.

Source: ISO 4217, the list of current codes (SIX, the maintenance agency, with amendments to 2025: the Caribbean guilder
XCG and Zimbabwe Gold ZWG) and, for old transactions, the codes withdrawn since 1999. Its codes for nothing and for
tests (XXX, XTS) are left out. CNH is no ISO code but what brokers call the yuan that trades outside China.
"""

from __future__ import annotations

_CURRENT = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA
MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD
RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD
USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU XUA YER ZAR ZMW
ZWG
"""
_WITHDRAWN = """
ADP AFA ANG ATS AZM BEF BGL BGN BYB BYR CSD CUC CYP DEM EEK ESP FIM FRF GHC GRD HRK IEP ITL LTL LUF LVL MGF MRO MTL
MZM NLG PTE ROL RUR SDD SIT SKK SLL SRG STD TMM TRL USS VEB VEF XEU YUM ZMK ZWD ZWL ZWN ZWR
"""
CURRENT, WITHDRAWN = frozenset(_CURRENT.split()), frozenset(_WITHDRAWN.split())
COINS = {
    "BTC": "bitcoin", "ETH": "ethereum", "XRP": "ripple", "SOL": "solana", "ADA": "cardano", "DOT": "polkadot",
    "DOGE": "dogecoin", "LTC": "litecoin", "BCH": "bitcoin-cash", "LINK": "chainlink", "USDC": "usd-coin",
}  # fmt: skip
"""Crypto assets by their sign, with what CoinGecko calls them."""
OUTSIDE_CHINA = "CNH"
MINOR_UNITS = {
    "GBp": "GBP", "GBX": "GBP", "GBx": "GBP", "ZAc": "ZAR", "ZAC": "ZAR", "ZAX": "ZAR", "ILA": "ILS", "ILa": "ILS",
    "ILX": "ILS", "USc": "USD", "USX": "USD", "USx": "USD",
}  # fmt: skip
"""Hundredths in which shares are quoted, as exchanges and brokers write them: pence, cents, agorot; and what of."""


def in_major(unit: str) -> tuple[str, float]:
    """The currency that figures in a unit are of, and what they are to be multiplied by."""
    return (MINOR_UNITS[unit], 0.01) if unit in MINOR_UNITS else (unit, 1.0)


def is_currency(code: str) -> bool:
    """Whether money can be in it: an ISO 4217 code, or a crypto asset whose sign has the three letters of one."""
    return code in CURRENT or code in WITHDRAWN or code == OUTSIDE_CHINA or (len(code) == 3 and code in COINS)
