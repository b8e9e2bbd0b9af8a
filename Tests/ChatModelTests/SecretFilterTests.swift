import ChatModel
import Testing

struct SecretFilterTests {
    private static let filter = SecretFilter(["canary-1234", "canary-1234-long", "abc", "", "üñö"])

    @Test(arguments: [
        ("", ""), ("nothing here", "nothing here"), ("canary-1234", "***"), ("xcanary-1234y", "x***y"),
        ("canary-1234-long", "***"), ("canary-1234canary-1234", "******"), ("canary-123", "canary-123"),
        ("canarycanary-1234", "canary***"), ("canary-1234\u{301}", "***\u{301}"), ("abc", "abc"), ("xüñöx", "x***x"),
        ("ccanary-canary-1234-", "ccanary-***-"),
    ])
    func secretsAreTakenOut(text: String, filtered: String) {
        #expect(Array(Self.filter(text).utf8) == Array(filtered.utf8))
    }

    @Test(arguments: [
        "canary-1234", "say canary-1234!", "canary-1234-lon", "canary-1234-long.", "canary", "c",
        "no canary here, canary-",
        "ccanary-1234canary-1234-longcanary-12",
    ])
    func aTextInPiecesIsTheSame(text: String) {
        let characters = Array(text)
        for first in 0...characters.count {
            for second in first...characters.count {
                var stream = SecretFilter.Stream(Self.filter)
                var shown = ""
                for piece in [characters[..<first], characters[first..<second], characters[second...]] {
                    shown += stream.take(String(piece))
                    #expect(!shown.contains("canary-1234"), "cut at \(first) and \(second)")
                }
                shown += stream.end()
                #expect(!shown.contains("canary-1234"), "cut at \(first) and \(second)")
                if !text.contains("-lon") { #expect(shown == Self.filter(text), "cut at \(first) and \(second)") }
            }
        }
    }

    @Test func secretsAreTakenOutOfWhatGoesBack() {
        let response = ChatResponse(
            text: "",
            toolCalls: [ToolCall(id: "1", name: "f", arguments: "{}", opaque: OpaqueFields(["a": ["the-\"key\"!"]]))],
            opaque: OpaqueFields(["the-\"key\"": ["b": "is the-\"key\""]])
        )
        let filtered = SecretFilter(["the-\"key\""])(response)
        #expect(filtered.opaque?.json == #"{"***":{"b":"is ***"}}"#)
        #expect(filtered.toolCalls.first?.opaque?.json == #"{"a":["***!"]}"#)
    }
}
