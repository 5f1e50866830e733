package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 4.1 and 4.4 to 4.6.
@Of(Version.V3_1_1)
class Session311Test extends SessionContract {}
