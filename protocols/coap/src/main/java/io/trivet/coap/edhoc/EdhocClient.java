package io.trivet.coap.edhoc;

import io.trivet.base.Bytes;
import io.trivet.base.Randomness;
import io.trivet.coap.Code;
import io.trivet.coap.CoapPeer;
import io.trivet.coap.ContentFormat;
import io.trivet.coap.OptionNumber;
import io.trivet.coap.Options;
import io.trivet.coap.Request;
import io.trivet.coap.Requester;
import io.trivet.coap.Response;
import io.trivet.base.cbor.Cbor;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// The initiator over CoAP (RFC 9528, appendix A.2.1): two requests, with message 4 awaited as the proof that the other
/// end has our keys. A suite that the server lacks is exchanged for one that it has, once.
public final class EdhocClient {
  private static final int ID_BYTES = 1;

  /// How it ended.
  public sealed interface Result {
    record Agreed(EdhocSession session) implements Result {}

    /// @param why in words, for people
    record Failed(String why) implements Result {}
  }

  private final Requester requester;
  private final Method method;
  private final Identity self;
  private final Credentials trusted;
  private final Randomness randomness;
  private final Consumer<Result> done;
  private boolean isOver;

  private EdhocClient(Requester requester, Method method, Identity self, Credentials trusted, Randomness randomness,
      Consumer<Result> done) {
    this.requester = requester;
    this.method = method;
    this.self = self;
    this.trusted = trusted;
    this.randomness = randomness;
    this.done = done;
  }

  /// @param suite that our credential is for
  /// @param done told once, on the loop this is called on
  public static void agree(Requester requester, Method method, Suite suite, Identity self, Credentials trusted,
      Randomness randomness, Consumer<Result> done) {
    new EdhocClient(requester, method, self, trusted, randomness, done).first(List.of((long) suite.number()), suite);
  }

  private void first(List<Long> offered, Suite suite) {
    byte[] id = new byte[ID_BYTES];
    randomness.fill(id);
    Initiator.Started started = Initiator.start(method, offered, self, trusted, Bytes.wrap(id), randomness);
    Bytes payload = Hash.joined(Cbor.Simple.TRUE.encoded(), started.message());
    post(payload, response -> {
      Optional<EdhocError> error = error(response);
      if (error.isPresent()) {
        other(offered, suite, error.get());
        return;
      }
      switch (started.state().receive(response.payload())) {
        case Outcome.Failed<Initiator.AwaitMessage4>(EdhocError e) -> end(new Result.Failed(words(e)));
        case Outcome.Next<Initiator.AwaitMessage4>(Bytes message3, Initiator.AwaitMessage4 state) ->
            second(message3, state);
      }
    });
  }

  /// Another suite on the same curve serves the same credential (section 6.3.1).
  private void other(List<Long> offered, Suite suite, EdhocError error) {
    if (offered.size() == 1 && error instanceof EdhocError.WrongSuite(List<Long> had)) {
      for (long n : had) {
        Optional<Suite> s = Suite.of(n).filter(o -> o != suite && o.curve() == suite.curve());
        if (s.isPresent()) {
          first(List.of(offered.getFirst(), n), s.get());
          return;
        }
      }
    }
    end(new Result.Failed(words(error)));
  }

  private void second(Bytes message3, Initiator.AwaitMessage4 state) {
    post(Hash.joined(state.prefix(), message3), response -> {
      Optional<EdhocError> error = error(response);
      if (error.isPresent()) {
        end(new Result.Failed(words(error.get())));
      } else {
        end(state.receive(response.payload()).<Result>map(Result.Agreed::new)
            .orElse(new Result.Failed("message 4 does not verify")));
      }
    });
  }

  private void post(Bytes payload, Consumer<Response> next) {
    Options options = Options.builder().path(".well-known/edhoc").contentFormat(ContentFormat.CID_EDHOC_CBOR_SEQ)
        .add(OptionNumber.ACCEPT, ContentFormat.EDHOC_CBOR_SEQ).build();
    requester.send(new Request(true, Code.POST, options, payload), new Requester.Replies() {
      @Override
      public void response(Response response, CoapPeer from) {
        next.accept(response);
      }

      @Override
      public void failed(Requester.Failure failure) {
        end(new Result.Failed("no answer: " + failure));
      }
    });
  }

  private static Optional<EdhocError> error(Response response) {
    return response.code().isSuccess() ? Optional.empty()
        : Optional.of(EdhocError.decode(response.payload())
            .orElse(new EdhocError.Unspecified("the server answered " + response.code())));
  }

  private static String words(EdhocError error) {
    return switch (error) {
      case EdhocError.Unspecified(String text) -> text;
      case EdhocError.WrongSuite(List<Long> suites) -> "the server has only the suites " + suites;
      case EdhocError.UnknownCredential() -> "the credential is not known";
    };
  }

  private void end(Result result) {
    if (!isOver) {
      isOver = true;
      done.accept(result);
    }
  }
}
