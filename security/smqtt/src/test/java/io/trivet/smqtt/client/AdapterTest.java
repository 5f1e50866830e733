package io.trivet.smqtt.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.trivet.base.Bytes;
import io.trivet.smqtt.Publication;
import io.trivet.smqtt.Smqtt;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.paho.client.mqttv3.IMqttClient;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.junit.jupiter.api.Test;

class AdapterTest {
  private static final Publication HEADER = new Publication("smqtt/keys/a/b", Bytes.hex("0102"), true, 86_400);
  private static final Publication MESSAGE = new Publication("ward", Bytes.hex("03"), false, 0);

  @Test
  void publishesHeadersRetainedOverPahosClientForVersion3() throws MqttException {
    List<List<Object>> published = new ArrayList<>();
    IMqttClient client = (IMqttClient) Proxy.newProxyInstance(
        AdapterTest.class.getClassLoader(), new Class<?>[] {IMqttClient.class}, (_, method, arguments) -> {
          assertThat(method.getName()).isEqualTo("publish");
          published.add(List.of(arguments[0], Bytes.copyOf((byte[]) arguments[1]), arguments[2], arguments[3]));
          return null;
        });
    Smqtt.Transport<MqttException> over = PahoV3.over(client);
    over.publish(HEADER);
    over.publish(MESSAGE);
    assertThat(published).containsExactly(
        List.of("smqtt/keys/a/b", Bytes.hex("0102"), 1, true), List.of("ward", Bytes.hex("03"), 1, false));
  }

  @Test
  void letsHeadersExpireOverPahosClientForVersion5() {
    MqttMessage header = PahoV5.message(HEADER);
    assertThat(header.isRetained()).isTrue();
    assertThat(header.getQos()).isEqualTo(1);
    assertThat(header.getProperties().getMessageExpiryInterval()).isEqualTo(86_400);
    MqttMessage message = PahoV5.message(MESSAGE);
    assertThat(message.isRetained()).isFalse();
    assertThat(message.getProperties().getMessageExpiryInterval()).isNull();
    assertThat(message.getPayload()).containsExactly(3);
  }

  @Test
  void letsHeadersExpireOverHiveMqsClient() {
    Mqtt5Publish header = HiveMq.message(HEADER);
    assertThat(header.isRetain()).isTrue();
    assertThat(header.getQos()).isEqualTo(MqttQos.AT_LEAST_ONCE);
    assertThat(header.getMessageExpiryInterval()).hasValue(86_400);
    assertThat(HiveMq.message(MESSAGE).getMessageExpiryInterval()).isEmpty();
  }
}
