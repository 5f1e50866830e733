package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, chapter 2.
@Of(Version.V3_1_1)
class PacketFormat311Test extends PacketFormatContract {}
