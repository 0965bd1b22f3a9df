import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.kaazing.gateway.client.transport.AuthenticateEvent;
import org.kaazing.gateway.client.transport.CloseEvent;
import org.kaazing.gateway.client.transport.ErrorEvent;
import org.kaazing.gateway.client.transport.MessageEvent;
import org.kaazing.gateway.client.transport.OpenEvent;
import org.kaazing.gateway.client.transport.RedirectEvent;
import org.kaazing.gateway.client.transport.ws.WebSocketDelegate;
import org.kaazing.gateway.client.transport.ws.WebSocketDelegateImpl;
import org.kaazing.gateway.client.transport.ws.WebSocketDelegateListener;

/**
 * Opens a WebSocket with the transport of Kaazing's Java client, which asks for cookies, checks the opening response, and reads and writes the frames;
 * makes the extended handshake in the order and the bytes in which that client makes it; and then does one step after the other. Prints one line for
 * each thing that happens.
 *
 * <p>Arguments: a URL; the options protocol=NAME (repeated), extension=LIST, user=NAME:PASSWORD; and the steps text:TEXT, texts:CHARACTERS, binary:LENGTH,
 * quiet:MILLISECONDS, wait, close and close:CODE:REASON.
 *
 * <p>With loop in the place of the URL, a list of URLs follows behind the options, each of which is opened, and sends back what comes until it ends.
 */
public final class Client {
    private static final byte[] BALANCER = {(byte) 0xEF, (byte) 0x83, (byte) 0xBF};
    private static final long PATIENCE = 15_000;

    private record Event(String kind, String text, byte[] data) {}

    private final List<String> protocols = new ArrayList<>(List.of("x-kaazing-handshake"));
    private String extension = "";
    private String user = "";
    private final List<String> steps = new ArrayList<>();
    private BlockingQueue<Event> events;
    private WebSocketDelegate socket;
    private boolean over; // the connection has ended, so that nothing more comes

    public static void main(String[] args) throws Exception {
        Client client = new Client();
        for (String arg : Arrays.copyOfRange(args, 1, args.length)) {
            String value = arg.substring(arg.indexOf('=') + 1);
            if (arg.startsWith("protocol=")) {
                client.protocols.add(value);
            } else if (arg.startsWith("extension=")) {
                client.extension = value;
            } else if (arg.startsWith("user=")) {
                client.user = value;
            } else {
                client.steps.add(arg);
            }
        }
        if (args[0].equals("loop")) {
            client.loop();
            System.exit(0);
        }
        URI asked = new URI(args[0]);
        if (client.handshake(asked, asked)) {
            for (String step : client.steps) {
                client.step(step);
            }
        } else {
            client.closed();
        }
        System.exit(0); // the client has timers that would go on
    }

    /** Opens one URL after the other, and is an echo on each. */
    private void loop() throws Exception {
        for (String url : steps) {
            try {
                URI asked = new URI(url);
                if (!handshake(asked, asked)) {
                    socket.processDisconnect();
                }
                for (Event event = next(); !over && !event.kind.equals("silence"); event = next()) {
                    if (event.kind.equals("text")) {
                        socket.processSend(new String(event.data, StandardCharsets.UTF_8));
                    } else if (event.kind.equals("binary")) {
                        socket.processSend(ByteBuffer.wrap(event.data));
                    }
                }
            } catch (Exception e) {
                print("failed: " + e);
            }
        }
    }

    /** Opens a connection to target; asked is where a redirect began, which is what the extended request names. */
    private boolean handshake(URI asked, URI target) throws Exception {
        events = new LinkedBlockingQueue<>();
        over = false;
        URI marked = new URI(target + (target.getRawQuery() == null ? "?" : "&") + ".kl=Y");
        URI origin = new URI("privileged://" + target.getHost() + ":" + target.getPort());
        socket = new WebSocketDelegateImpl(marked, origin, protocols.toArray(new String[0]), PATIENCE);
        socket.setListener(new Listener(events));
        socket.processOpen();
        Event opened = next();
        if (!opened.kind.equals("opened")) {
            print("no opening handshake: " + opened.kind + " " + opened.text);
            return false;
        }
        print("opened " + opened.text);
        if (!balancer().equals("N")) {
            return false;
        }
        send(asked, "");
        String response = response();
        while (response.contains(" 401 ") && !user.isEmpty()) {
            send(asked, "Authorization: Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)) + "\r\n");
            response = response();
        }
        if (!response.contains(" 101 ")) {
            return false;
        }
        String go = balancer();
        if (go.startsWith("R")) {
            socket.processDisconnect();
            return handshake(asked, new URI(go.substring(1)));
        }
        return go.equals("N");
    }

    private void send(URI asked, String authorization) {
        String extensions = extension.isEmpty() ? "" : "Sec-WebSocket-Extensions: " + extension + "\r\n";
        String query = asked.getRawQuery() == null ? "" : asked.getRawQuery() + "&";
        String request = "GET " + asked.getRawPath() + "?" + query + ".kl=Y HTTP/1.1\r\n" + extensions + authorization + "\r\n";
        socket.processSend(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
    }

    /** Reads a response and the empty message after it, prints what matters, and grants what it grants. */
    private String response() throws Exception {
        Event message = next();
        String head = new String(message.data, StandardCharsets.UTF_8);
        String status = head.split("\r\n", 2)[0];
        print("response " + message.kind + " " + status);
        for (String line : head.split("\r\n\r\n", 2)[0].split("\r\n")) {
            if (line.startsWith("WWW-Authenticate: ") || line.startsWith("Sec-WebSocket-Protocol: ") || line.startsWith("Sec-WebSocket-Extensions: ")) {
                print(line);
            }
            if (line.startsWith("Sec-WebSocket-Extensions: x-kaazing-idle-timeout")) {
                socket.setIdleTimeout(Integer.parseInt(line.substring(line.indexOf('=') + 1).trim()));
            }
        }
        Event end = next();
        print(end.kind.equals("binary") && end.data.length == 0 ? "end of the response" : "no end of the response: " + end.kind);
        return status;
    }

    /** Reads N or R: the letter, and what follows it. */
    private String balancer() throws Exception {
        Event message = next();
        if (!message.kind.equals("binary") || message.data.length < 4 || !Arrays.equals(BALANCER, Arrays.copyOf(message.data, 3))) {
            print("neither N nor R: " + message.kind + " " + message.text);
            return "";
        }
        String text = new String(message.data, 3, message.data.length - 3, StandardCharsets.UTF_8);
        print(text.startsWith("R") ? "R" : text);
        return text;
    }

    private void step(String step) throws Exception {
        String[] part = step.split(":", 3);
        switch (part[0]) {
            case "text" -> echo("text", part[1].getBytes(StandardCharsets.UTF_8));
            case "texts" -> echo("text", "ü".repeat(Integer.parseInt(part[1])).getBytes(StandardCharsets.UTF_8));
            case "binary" -> echo("binary", pattern(Integer.parseInt(part[1])));
            case "quiet" -> {
                Event event = events.poll(Long.parseLong(part[1]), TimeUnit.MILLISECONDS);
                print(event == null ? "nothing happened" : event.kind + " " + event.text);
            }
            case "wait" -> {
                print("waiting");
                closed();
            }
            case "close" -> {
                if (part.length == 3) {
                    socket.processDisconnect(Short.parseShort(part[1]), part[2]);
                } else {
                    socket.processDisconnect();
                }
                closed();
            }
            default -> throw new IllegalArgumentException("no such step: " + step);
        }
    }

    private void echo(String kind, byte[] data) throws Exception {
        if (kind.equals("text")) {
            socket.processSend(new String(data, StandardCharsets.UTF_8));
        } else {
            socket.processSend(ByteBuffer.wrap(data.clone()));
        }
        Event answer = next();
        boolean same = answer.kind.equals(kind) && Arrays.equals(answer.data, data);
        print((same ? "echo " : "something else than ") + kind + " " + data.length);
    }

    private static byte[] pattern(int length) {
        byte[] data = new byte[length];
        for (int i = 0; i < length; i++) {
            data[i] = (byte) (i * 31);
        }
        return data;
    }

    private void closed() throws Exception {
        Event event = next();
        print(event.kind + " " + event.text);
    }

    private Event next() throws InterruptedException {
        Event event = over ? null : events.poll(PATIENCE, TimeUnit.MILLISECONDS);
        over |= event != null && (event.kind.equals("closed") || event.kind.equals("error"));
        return event != null ? event : new Event("silence", "", new byte[0]);
    }

    private static void print(String line) {
        System.out.println(line);
    }

    /** Puts everything that the client reports in a queue. */
    private record Listener(BlockingQueue<Event> events) implements WebSocketDelegateListener {
        private void put(String kind, String text, byte[] data) {
            events.add(new Event(kind, text, data));
        }

        @Override public void opened(OpenEvent event) {
            put("opened", event.getProtocol(), new byte[0]);
        }

        @Override public void messageReceived(MessageEvent event) {
            byte[] data = new byte[event.getData().remaining()];
            event.getData().duplicate().get(data);
            put(event.getMessageType().toLowerCase(), data.length + " bytes", data);
        }

        @Override public void closed(CloseEvent event) {
            put("closed", event.getCode() + (event.wasClean() ? " clean " : " not clean ") + event.getReason(), new byte[0]);
        }

        @Override public void errorOccurred(ErrorEvent event) {
            put("error", String.valueOf(event.getException()), new byte[0]);
        }

        @Override public void authenticationRequested(AuthenticateEvent event) {
            put("authentication", event.getChallenge(), new byte[0]);
        }

        @Override public void redirected(RedirectEvent event) {
            put("redirected", event.getLocation(), new byte[0]);
        }
    }
}
