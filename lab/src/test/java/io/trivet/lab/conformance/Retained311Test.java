package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, section 3.3.1.3.
@Of(Version.V3_1_1)
class Retained311Test extends RetainedContract {}
