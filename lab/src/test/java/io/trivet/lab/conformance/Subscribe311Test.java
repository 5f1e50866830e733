package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 3.8 and 3.9.
@Of(Version.V3_1_1)
class Subscribe311Test extends SubscribeContract {}
