/// Sealing over clients that are widely used. Each class needs its client's library, which an application brings itself.
@org.jspecify.annotations.NullMarked
package io.trivet.smqtt.client;
