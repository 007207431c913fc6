"""Looks at a draft before it counts as final: whether what it says about the person has a source."""

from src_v2.agents.critic.critic import Critic
from src_v2.agents.critic.findings import Finding, Kind, Review
from src_v2.agents.critic.judge import PURPOSE, ModelJudge
from src_v2.agents.critic.material import Material, Said, said

__all__ = ["PURPOSE", "Critic", "Finding", "Kind", "Material", "ModelJudge", "Review", "Said", "said"]
