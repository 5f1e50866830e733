package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 3.1.2.5 to 3.1.2.7.
@Of(Version.V3_1_1)
class Will311Test extends WillContract {}
