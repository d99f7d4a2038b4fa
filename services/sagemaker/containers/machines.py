from services.faults import Faults
from services.sagemaker.errors import NoCapacityError


class Machines:
    """Where machines come from: here there are always some, unless a fault on order says that there are none.

    `no-capacity` strikes what the operations CreateTrainingJob, CreateTransformJob, CreateEndpoint and UpdateEndpoint
    have begun, after they were answered.
    """

    def __init__(self, faults: Faults | None) -> None:
        self._faults = faults

    def launch(self, operation: str, name: str) -> None:
        """Get the machines that an operation needs for the thing of this name. Raises NoCapacityError."""
        if self._faults and self._faults.take(operation, name, ("no-capacity",)):
            raise NoCapacityError(f"no machines for {operation} {name}: a fault on order")
