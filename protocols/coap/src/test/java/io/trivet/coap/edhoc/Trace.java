package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import java.util.List;
import java.util.Optional;

/// The two traces of RFC 9529: section 2 (signatures, certificates by hash) and section 3 (static keys, claims by kid; its
/// second message 1).
record Trace(Method method, List<Long> suites, Bytes x, Bytes y, Bytes cI, Bytes cR, Identity initiator,
    Identity responder, Bytes message1, Bytes message2, Bytes message3, Bytes message4, Bytes prkOut,
    Bytes oscoreSecret, Bytes oscoreSalt) {
  static final Trace SECTION_2 = new Trace(Method.SIGNATURES, List.of(0L),
      Bytes.hex("892ec28e5cb6669108470539500b705e60d008d347c5817ee9f3327c8a87bb03"),
      Bytes.hex("e69c23fbf81bc435942446837fe827bf206c8fa10a39db47449e5a813421e1e8"),
      Bytes.hex("2d"), Bytes.hex("18"),
      certified("""
          3081ee3081a1a003020102020462319ea0300506032b6570301d311b301906035504030c124544484f4320526f6f7420456432
          35353139301e170d3232303331363038323430305a170d3239313233313233303030305a30223120301e06035504030c174544
          484f4320496e69746961746f722045643235353139302a300506032b6570032100ed06a8ae61a829ba5fa54525c9d07f48dd44
          a302f43e0f23d8cc20b73085141e300506032b6570034100521241d8b3a770996bcfc9b9ead4e7e0a1c0db353a3bdf2910b392
          75ae48b756015981850d27db6734e37f67212267dd05eeff27b9e7a813fa574b72a00b430b""",
          "4c5b25878f507c6b9dae68fbd4fd3ff997533db0af00b25d324ea28e6c213bc8",
          "ed06a8ae61a829ba5fa54525c9d07f48dd44a302f43e0f23d8cc20b73085141e"),
      certified("""
          3081ee3081a1a003020102020462319ec4300506032b6570301d311b301906035504030c124544484f4320526f6f7420456432
          35353139301e170d3232303331363038323433365a170d3239313233313233303030305a30223120301e06035504030c174544
          484f4320526573706f6e6465722045643235353139302a300506032b6570032100a1db47b95184854ad12a0c1a354e418aace3
          3aa0f2c662c00b3ac55de92f9359300506032b6570034100b723bc01eab0928e8b2b6c98de19cc3823d46e7d6987b032478fec
          faf14537a1af14cc8be829c6b73044101837eb4abc949565d86dce51cfae52ab82c152cb02""",
          "ef140ff900b0ab03f0c08d879cbbd4b31ea71e6e7ee7ffcb7e7955777a332799",
          "a1db47b95184854ad12a0c1a354e418aace33aa0f2c662c00b3ac55de92f9359"),
      Bytes.hex("0000582031f82c7b5b9cbbf0f194d913cc12ef1532d328ef32632a4881a1c0701e237f042d"),
      Bytes.hex("""
          5872dc88d2d51da5ed67fc4616356bc8ca74ef9ebe8b387e623a360ba480b9b29d1cbc26dd270fe9c02c44ce3934794b1cc62b
          a22f05459f8d358c8d12275ac42c5f96ded5f13cc9084e5b201889a45e5a60a5562dc118619c3daa2fd9f4c9f4d6edad109dd4
          edf95962aafbaf9ab3f4a1f6b98f"""),
      Bytes.hex("""
          585825c345884aaaeb22c527f9b1d2b6787207e0163c69b62a0d43928150427203c31674e4514ea6e383b566eb29763efeb0af
          a518776ae1c65f856d84bf32af3a7836970466dcb71f76745d39d3025e7703e0c032ebad51947c"""),
      Bytes.hex("484f0edee366e5c883"),
      Bytes.hex("b744cb7d8a87cc0447c3350e165b250dab12ec453325abb922b30307e5c368f0"),
      Bytes.hex("1e1c6beac3a8a1cac435de7e2f9ae7ff"), Bytes.hex("ce7ab844c0106d73"));

  static final Trace SECTION_3 = new Trace(Method.STATIC_KEYS, List.of(6L, 2L),
      Bytes.hex("368ec1f69aeb659ba37d5a8d45b21bdc0299dceaa8ef235f3ca42ce3530f9525"),
      Bytes.hex("e2f4126777205e853b437d6eaca1e1f753cdcc3e2c69fa884b0a1a640977e418"),
      Bytes.hex("37"), Bytes.hex("27"),
      claimed("2b", """
          a2027734322d35302d33312d46462d45462d33372d33322d333908a101a5010202412b2001215820ac75e9ece3e50bfc8ed603
          99889522405c47bf16df96660a41298cb4307f7eb62258206e5de611388a4b8a8211334ac7d37ecb52a387d257e6db3c2a93df
          21ff3affc8""", "fb13adeb6518cee5f88417660841142e830a81fe334380a953406a1305e8706b",
          "ac75e9ece3e50bfc8ed60399889522405c47bf16df96660a41298cb4307f7eb6"),
      claimed("32", """
          a2026b6578616d706c652e65647508a101a501020241322001215820bbc34960526ea4d32e940cad2a234148ddc21791a12afb
          cbac93622046dd44f02258204519e257236b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072""",
          "72cc4761dbd4c78f758931aa589d348d1ef874a7e303ede2f140dcf3e6aa4aac",
          "bbc34960526ea4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f0"),
      Bytes.hex("0382060258208af6f430ebe18d34184017a9a11bf511c8dff8f834730b96c1b7c8dbca2fc3b637"),
      Bytes.hex("582b419701d7f00a26c2dc587a36dd752549f33763c893422c8ea0f955a13a4ff5d59862a1eef9e0e7e1886fcd"),
      Bytes.hex("52e562097bc417dd5919485ac7891ffd90a9fc"),
      Bytes.hex("4828c966b7ca304f83"),
      Bytes.hex("2c71afc1a9338a940bb3529ca734b886f30d1aba0b4dc51beeaeabdfea9ecbf8"),
      Bytes.hex("f9868f6a3aca78a05d1485b35030b162"), Bytes.hex("ada24c7dbfc85eeb"));

  private static Identity certified(String der, String privateKey, String publicKey) {
    return new Identity(Credential.x5t(Bytes.hex(der), Bytes.hex(publicKey)), Bytes.hex(privateKey));
  }

  private static Identity claimed(String kid, String claims, String privateKey, String publicKey) {
    return new Identity(Credential.kid(Bytes.hex(kid), Bytes.hex(claims), Bytes.hex(publicKey)), Bytes.hex(privateKey));
  }

  static Credentials trusting(Identity other) {
    return (id, _) -> id.equals(other.credential().id())
        ? Optional.of(new Credentials.Trusted(other.credential(), "pump-7")) : Optional.empty();
  }

  private static Randomness drawing(Bytes key) {
    return target -> key.copyTo(target, 0);
  }

  Initiator.Started start() {
    return Initiator.start(method, suites, initiator, trusting(responder), cI, drawing(x));
  }

  Outcome<Responder.AwaitMessage3> respond(Bytes received) {
    return new Responder(List.of(Suite.values()), (_, _) -> Optional.of(responder), trusting(initiator))
        .receive(received, _ -> cR, drawing(y));
  }
}
