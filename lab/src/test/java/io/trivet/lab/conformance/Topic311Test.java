package io.trivet.lab.conformance;

import io.trivet.lab.wire.Version;

/// MQTT 3.1.1, section 4.7.
@Of(Version.V3_1_1)
class Topic311Test extends TopicContract {}
