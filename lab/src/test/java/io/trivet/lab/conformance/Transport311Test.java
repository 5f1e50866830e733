package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;
import org.junit.jupiter.api.Tag;

/// MQTT 3.1.1, chapters 6 and 7.
@Tag("slow")
@Of(Version.V3_1_1)
class Transport311Test extends TransportContract {}
