@org.jspecify.annotations.NullMarked
package io.trivet.smqtt.client;
