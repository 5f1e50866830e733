package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Tag;

/// MQTT 5.0, chapter 6 and section 4.2.
@Tag("slow")
@Of(Version.V5)
class Transport5Test extends TransportContract {}
