package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, section 1.5.
@Of(Version.V3_1_1)
class DataRepresentation311Test extends DataRepresentationContract {}
