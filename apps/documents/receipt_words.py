"""The words by which a receipt's rows are told apart, in English, Chinese, German, French, Spanish and Italian."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

RowKind: TypeAlias = Literal[
    "subtotal",
    "total",
    "tax",
    "discount",
    "charge",
    "rounding",
    "paid",
    "change",
    "count",
    "about",
    "thanks",
    "heading",
]

# Latin words, and Chinese ones, which have no spaces around them. The first kind that fits a row's label says what it
# is: "total items" and "subtotal" stand before "total". Latin words are patterns; a space fits any one space.
_WORDS: tuple[tuple[RowKind, str, str], ...] = (
    ("count", "(?:total|no.?|number) (?:of )?(?:items|articles|pieces)|items sold|anzahl|nb articles", "件数"),
    (
        "subtotal",
        "sub[- ]?total|zwischen-?summe|sous[- ]?total|subtotale|net(?: amount)?|total (?:ht|net|before tax)|netto"
        "|base imponible|imponibile",
        "小计|商品金额",
    ),
    (
        "tax",
        "(?:sales |local |state |total )?tax(?:es)?|vat|gst|hst|pst|mwst|ust|tva|iva|incl(?:uded)? vat",
        "税额|增值税|消费税",
    ),
    (
        "discount",
        "discount|savings?|coupon|voucher|promo(?:tion)?|rabatt|gutschein|remise|r[eé]duction|descuento|sconto"
        "|you saved",
        "优惠|折扣|立减|满减",
    ),
    (
        "charge",
        "service(?: charge)?|tip|gratuity|trinkgeld|bedienung|pourboire|propina|coperto|delivery(?: fee)?|deposit|pfand"
        "|bag fee",
        "服务费|小费|配送费|包装费|餐位费",
    ),
    ("rounding", "rounding|rundung|arrondi|redondeo", "抹零|舍入"),
    ("change", "change(?: due)?|r[uü]ck-?geld|zur[uü]ck|rendu(?: monnaie)?|monnaie|cambio|resto", "找零|找回"),
    (
        "paid",
        "cash|card|visa|mastercard|maestro|amex|debit|credit|eftpos|contactless|paid|tendered|payment|bar|gegeben"
        "|girocard|ec-?karte|karte|esp[eè]ces|carte(?: bancaire)?|cb|efectivo|tarjeta|contanti|apple pay|google pay",
        "现金|实收|支付宝|微信|银行卡|刷卡|银联|付款",
    ),
    (
        "total",
        "(?:grand )?totale?s?(?: (?:due|ttc|amount|to pay|eur|usd|gbp))?|amount due|balance(?: due)?|to pay|summe"
        "|gesamt(?:betrag|summe)?|zu zahlen|[aà] payer|net [aà] payer|importe(?: total)?|da pagare",
        "合计|总计|应付|总额|应收|总金额|实付",
    ),
    (
        "heading",
        "(?:qty|quantity|menge|qt[eé]|cant)|amount|price|betrag|montant|item|description",
        "数量|单价|品名|金额",
    ),
    (
        "about",
        "receipt|invoice|bill no|table|guests?|covers|server|cashier|till|register|terminal|order|phone|tel|fax|vat no"
        "|tax id|date|time|beleg(?:-?nr)?|datum|tisch|kasse|ticket|caisse|siret|rechnung|member|points|www"
        "|auth(?:orisation)?",
        "单号|订单|日期|时间|桌号|收银|电话|地址|会员|流水",
    ),
    (
        "thanks",
        "thank you|thanks|welcome|please|vielen dank|danke|merci|gracias|grazie|come again|have a",
        "谢谢|欢迎|感谢",
    ),
)
_KINDS = tuple(
    (kind, re.compile(rf"(?<![^\W\d_])(?:{latin})(?![^\W\d_])|{chinese}", re.IGNORECASE))
    for kind, latin, chinese in _WORDS
)


def kind_of(label: str) -> RowKind | None:
    """What a row is by its label; None for goods, names and addresses."""
    return next((kind for kind, words in _KINDS if words.search(label)), None)
