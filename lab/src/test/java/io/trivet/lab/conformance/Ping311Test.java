package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, sections 3.12 and 3.13.
@Of(Version.V3_1_1)
class Ping311Test extends PingContract {}
