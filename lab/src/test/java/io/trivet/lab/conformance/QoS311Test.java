package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 3.4 to 3.7 and 4.3.
@Of(Version.V3_1_1)
class QoS311Test extends QoSContract {}
