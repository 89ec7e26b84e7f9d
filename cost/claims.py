"""The published claims, each with a verdict and the figure that decides it.

Nothing here is typed in: the figures come from a report, from closed forms and from the device model.
"""

from __future__ import annotations

from collections.abc import Callable

from pocketvlm.cost import claims_device, claims_model
from pocketvlm.cost.published import claims
from pocketvlm.cost.results import CostReport
from pocketvlm.cost.verdict import Verdict

JUDGES: dict[str, Callable[[CostReport], Verdict]] = {
    "addon-parameters": claims_model.addon_parameters,
    "addon-sizes": claims_model.addon_sizes,
    "bottleneck-is-llm": claims_model.bottleneck_is_llm,
    "sd888-speed": claims_device.sd888_speed,
    "fp32-memory": claims_model.fp32_memory,
    "int4-memory": claims_model.int4_memory,
    "int4-speed": claims_model.int4_speed,
    "int4-quality": claims_model.int4_quality,
    "usable-speed": claims_device.usable_speed,
    "agent-speed": claims_device.agent_speed,
    "phone-bandwidth": claims_device.phone_bandwidth,
    "phone-power": claims_device.phone_power,
    "ten-billion-on-phone": claims_device.ten_billion_on_phone,
}


def judge(report: CostReport) -> tuple[Verdict, ...]:
    """Every claim's verdict, in the file's order.

    Args:
        report: any; what it does not hold makes a claim not testable here.
    """
    return tuple(JUDGES[entry.id](report) for entry in claims())
