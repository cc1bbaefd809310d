"""Which events of templates are published, and how."""

from prescription.protocol import events, payloads
from shared.publication import Publication

PUBLISHED = {
    events.TemplatePublished: Publication("template.published", payloads.Published),
    events.TemplateRevised: Publication("template.revised", payloads.Revised),
    events.TemplateRetired: Publication("template.retired", payloads.OfTemplate),
}
