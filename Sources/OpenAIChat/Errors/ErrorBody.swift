internal import ChatModel

/// What an error body says, whatever its form.
struct ErrorBody {
    var message = ""
    var type = ""
    var code = ""
    var param = ""
    /// The status named within the body, which counts when the response itself was a success.
    var status: Int?

    /// Reads OpenAI's form and those of other servers: llama.cpp, vLLM, FastAPI, Ollama, Anthropic, Gemini, plain text,
    /// and the pages of proxies.
    init(_ bytes: [UInt8]) {
        guard let document = try? JSONValue(parsing: bytes) else {
            message = Excerpt.of(bytes)
            return
        }
        read(document)
        if message.isEmpty { message = Excerpt.of(bytes) }
    }

    private mutating func read(_ value: JSONValue) {
        switch value {
        case .string(let text): message = text
        case .array(let elements):
            // Gemini wraps its error in a list; FastAPI lists what it did not like about the request.
            for element in elements.prefix(4) { readDetail(element) }
        case .object(let members):
            if let text = members["message"]?.stringValue { message = text }
            type = Self.text(members["type"]) ?? Self.text(members["status"]) ?? type
            code = Self.text(members["code"]) ?? code
            param = Self.text(members["param"]) ?? param
            status =
                (members["code"]?.integerValue ?? members["status"]?.integerValue)
                .flatMap { (400..<600).contains($0) ? Int($0) : nil } ?? status
            if let size = members["n_ctx"]?.integerValue { message += " (the model reads \(size) tokens)" }
            if let detail = members["details"]?["error_code"]?.stringValue { code = detail }
            for key in ["error", "detail", "errors"] {
                if let inner = members[key], inner != .null { read(inner) }
            }
        default: break
        }
    }

    private mutating func readDetail(_ element: JSONValue) {
        if let text = element["msg"]?.stringValue {
            let place = element["loc"]?.arrayValue?.compactMap { Self.text($0) }.filter { $0 != "body" } ?? []
            if param.isEmpty { param = place.joined(separator: ".") }
            message +=
                (message.isEmpty ? "" : "; ") + (place.isEmpty ? text : "\(place.joined(separator: ".")): \(text)")
        } else {
            read(element)
        }
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text)?: text
        case .integer(let number)?: String(number)
        default: nil
        }
    }
}

/// What an error body says, whatever its form, on one line of a bounded length.
package func errorWords(in body: [UInt8]) -> String { Excerpt.cleaned(ErrorBody(body).message) }

/// Cuts what a server sent down to what fits a message.
enum Excerpt {
    static let maximumLength = 400

    /// The text of a body; of a web page, its words.
    static func of(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes.prefix(8_192), as: UTF8.self).trimmed
        return cleaned(text.utf8.first == UInt8(ascii: "<") ? words(ofPage: text) : text)
    }

    /// One line without control characters, of a bounded length.
    static func cleaned(_ text: String) -> String {
        var line = ""
        var isSpace = false
        var length = 0
        for scalar in text.unicodeScalars {
            if scalar.properties.isWhitespace || scalar.properties.generalCategory == .control
                || scalar.properties.generalCategory == .format
            {
                isSpace = length > 0
                continue
            }
            if isSpace {
                line += " "
                length += 1
            }
            isSpace = false
            line.unicodeScalars.append(scalar)
            length += 1
            if length >= maximumLength { return line + "..." }
        }
        return line
    }

    private static func words(ofPage page: String) -> String {
        var text = ""
        var tag = ""
        var isInTag = false
        var hidden: String?
        for scalar in page.unicodeScalars {
            switch scalar {
            case "<":
                isInTag = true
                tag = ""
            case ">" where isInTag:
                isInTag = false
                let name = tag.lowercased()
                if let current = hidden, name.hasPrefix("/" + current) { hidden = nil }
                for kind in ["style", "script"] where name.hasPrefix(kind) { hidden = kind }
                text += " "
            default:
                if isInTag {
                    tag.unicodeScalars.append(scalar)
                } else if hidden == nil {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }
}

/// Takes secrets out of what servers say.
struct Redaction {
    let secrets: SecretFilter

    /// The text without the secrets, and without anything that looks like an OpenAI key.
    func callAsFunction(_ text: String) -> String {
        let text = secrets(text)
        guard text.contains("sk-") else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let start = word.firstRange(of: "sk-")?.lowerBound, word[start...].utf8.count >= 8,
                start == word.startIndex || !word[word.index(before: start)].isLetter
            else { return String(word) }
            let end = word[start...].lastIndex { $0.isLetter || $0.isNumber || $0 == "*" }
            return word[..<start] + "sk-***" + (end.map { String(word[word.index(after: $0)...]) } ?? "")
        }.joined(separator: " ")
    }
}
