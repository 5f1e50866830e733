package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 3.10 and 3.11.
@Of(Version.V3_1_1)
class Unsubscribe311Test extends UnsubscribeContract {}
