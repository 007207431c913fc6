"""Where the API of costs and models is, and how its answers look: for both sides of it."""

from pydantic import TypeAdapter

from src_v2.agents.costs.models import CostReport
from src_v2.agents.models.role import RoleModels

COSTS_PATH = "/api/costs"
ALL_COSTS_PATH = f"{COSTS_PATH}/all"
MODELS_PATH = "/api/models"
REPORT = TypeAdapter(CostReport)
ROLE = TypeAdapter(RoleModels)
