"""The API's description as a page shows it: resources, their operations, and an example of each."""

from web.reference.views import Reference, Resource, reference_of

__all__ = ["Reference", "Resource", "reference_of"]
