import ChatModel
import Foundation
import Testing

/// Keys that come back in other clothes.
struct SecretEncodingTests {
    private static let key = "sk-proj/Ab+c\"9_zQ7~x"
    private static let filter = SecretFilter([key, "sk-proj", "sk-proj/Ab+c\"9_zQ7~xLONGER", "other-key-0815"])

    private static func units(_ text: String, _ write: (Unicode.Scalar) -> String) -> String {
        text.unicodeScalars.map(write).joined()
    }

    private static func hexadecimal(_ value: UInt32, _ digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.count) + text
    }

    private static func base64(_ text: String, after prefix: String) -> String {
        Data((prefix + text + "!").utf8).base64EncodedString()
    }

    /// The key in every encoding, without what stands around it.
    private static let disguises: [String] = {
        let json = JSONValue.string(key).jsonText.dropFirst().dropLast()
        let escaped = units(key) { "\\u" + hexadecimal($0.value, 4) }
        let percent = units(key) { "%" + hexadecimal($0.value, 2) }
        let safe = { (text: String) in
            String(text.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
        }
        let plain = [
            key, String(json), escaped, "\\u0073" + key.dropFirst(),
            units(key) { $0 == "/" || $0 == "\"" ? "\\\($0)" : "\($0)" },
            units(key) { "\\x" + hexadecimal($0.value, 2) }, percent, percent.uppercased(),
            units(key) { $0.properties.isAlphabetic ? "\($0)" : "%" + hexadecimal($0.value, 2) },
        ]
        // As it stands in JSON within JSON, and deeper; as a URL within a URL.
        let deeper = [
            units(escaped) { $0 == "\\" ? "\\\\" : "\($0)" }, units(escaped) { $0 == "\\" ? "\\\\\\\\\\\\" : "\($0)" },
            units(escaped) { $0 == "\\" ? "\\u005c" : "\($0)" },
            units(escaped) { $0 == "\\" ? "\\u005cu005c" : "\($0)" },
            units(escaped) { $0 == "\\" ? "%5C" : "\($0)" }, units(percent) { $0 == "%" ? "%25" : "\($0)" },
            units(percent) { $0 == "%" ? "%252525" : "\($0)" }, units(percent) { $0 == "%" ? "\\u0025" : "\($0)" },
        ]
        let hex = units(key) { hexadecimal($0.value, 2) }
        let encoded = ["", "a", "ab", "abc"].flatMap { prefix in
            let text = base64(key, after: prefix)
            return [
                text, safe(text), units(text) { $0 == "/" ? "\\/" : "\($0)" },
                units(text) { $0 == "+" ? "%2B" : "\($0)" },
            ]
        }
        return plain + deeper + [hex, hex.uppercased()] + encoded
    }()

    @Test(arguments: disguises)
    func isFoundInEveryDisguise(text: String) {
        for (before, after) in [("", ""), ("key ", " end"), ("{\"a\\n\":\"", "\"}"), ("100% \\", "")] {
            let filtered = Self.filter(before + text + after)
            #expect(filtered.contains("***") && filtered.hasPrefix(before.prefix(4)))
            // At most a letter that is only in part the key's is left of it.
            #expect(filtered.utf8.count <= before.utf8.count + after.utf8.count + 3 + 12, "\(filtered)")
        }
    }

    @Test(arguments: disguises)
    func isFoundInPieces(text: String) {
        let bytes = Array(("say " + text + " and \\u00 go 5% on").utf8)
        let whole = Self.filter(String(decoding: bytes, as: UTF8.self))
        var cuts = Array(bytes.indices)
        cuts.append(bytes.count)
        for cut in cuts {
            var stream = SecretFilter.Stream(Self.filter)
            var shown = stream.take(String(decoding: bytes[..<cut], as: UTF8.self))
            shown += stream.take(String(decoding: bytes[cut...], as: UTF8.self))
            shown += stream.end()
            #expect(shown == whole, "cut at \(cut)")
        }
        var stream = SecretFilter.Stream(Self.filter)
        var shown = ""
        for byte in bytes { shown += stream.take(String(decoding: [byte], as: UTF8.self)) }
        shown += stream.end()
        #expect(shown == whole)
    }

    @Test func keysThatBeginAlikeAreTakenOutWhole() {
        var stream = SecretFilter.Stream(Self.filter)
        let pieces = ["sk-proj", "/Ab+c\"9_zQ7~x", "LON", "GER, sk-proj", "/Ab, sk-proj/Ab+c\"9_zQ7~xLON", "."]
        let shown = pieces.map { stream.take($0) }.joined() + stream.end()
        #expect(shown == "***, ***/Ab, ***LON.")
        #expect(Self.filter(pieces.joined()) == shown)
        // The beginning of a longer key is itself one when nothing follows.
        #expect(stream.take("ends with sk-proj") == "ends with ")
        #expect(stream.end() == "***")
        // Two keys over the same letters.
        #expect(SecretFilter(["abcdef", "defghi"])("xabcdefghix") == "x***x")
    }

    @Test(arguments: [
        "", "nothing", "\\", "\\u", "%", "100%", "%7", "C:\\new\\table", "a\\u0041b", "%20%41", "\\\\\\\\",
        "\\uD83D\\uDE00",
        "sk-pro", "736b2d70726", "potato %73k-pro", "\"\\/\"",
    ])
    func leavesOtherTextsAsTheyAre(text: String) {
        #expect(Self.filter(text) == text)
        var stream = SecretFilter.Stream(Self.filter)
        let shown = text.map { stream.take(String($0)) }.joined() + stream.end()
        #expect(shown == text)
    }

    @Test func aTextOfEscapesCostsNoMoreThanOneWithout() {
        // Each escape gives part of another: decoded in passes, this would take as many as it is deep.
        let deep =
            String(repeating: "\\u005cu005c", count: 20_000) + "u0073k-proj" + String(repeating: "%25", count: 50_000)
        #expect(Self.filter(deep).contains("***"))
    }

    @Test func answersAreFilteredInAllTheirParts() throws {
        let escaped = "\\u006fther-key-0815"
        var response = ChatResponse(text: "{\"\(escaped)\":\"\(escaped)\"}")
        response.refusal = "no: other-key-0815"
        response.toolCalls = [
            ToolCall(id: "other-key-0815", name: "f_other-key-0815", arguments: "{\"k\":\"\(escaped)\"}")
        ]
        let filtered = Self.filter(response)
        #expect(try JSONValue(parsing: filtered.text) == ["***": "***"])
        #expect(filtered.refusal == "no: ***")
        #expect(filtered.toolCalls == [ToolCall(id: "***", name: "f_***", arguments: "{\"k\":\"***\"}")])
    }

    @Test func valuesAreLookedThroughToTheirDepth() {
        #expect(Self.filter.isContained(in: ["a": ["b": ["x", "other-key-0815"]]]))
        #expect(Self.filter.isContained(in: ["a": ["other-key-0815": 1]]))
        #expect(Self.filter.isContained(in: "other-key-0815"))
        #expect(!Self.filter.isContained(in: ["a": ["b": [1, 2, "other-key"]]]))
    }
}
