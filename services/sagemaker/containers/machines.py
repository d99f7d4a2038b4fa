from services.faults import Faults
from services.sagemaker.errors import NoCapacityError


class Machines:
    """Provides machines: there are always some, unless a fault on order says that there are none.

    `no-capacity` ends what the operations CreateTrainingJob, CreateTransformJob, CreateEndpoint and UpdateEndpoint have
    started, after their answers.
    """

    def __init__(self, faults: Faults | None) -> None:
        self._faults = faults

    def launch(self, operation: str, name: str) -> None:
        """Get the machines that an operation needs for the thing of this name; raises NoCapacityError."""
        if self._faults and self._faults.take(operation, name, ("no-capacity",)):
            raise NoCapacityError(f"no machines for {operation} {name}: a fault on order")
