package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 5.0, sections 3.12 and 3.13.
@Of(Version.V5)
class Ping5Test extends PingContract {}
