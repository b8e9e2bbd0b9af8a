internal import ChatModel

/// One element of `tool_calls`: a whole call, or a piece of one.
struct ToolCallDelta {
    /// Where it stands in its array.
    let position: Int
    var index: Int?
    var id: String?
    var name: String?
    var arguments: [UInt8] = []
    /// Members that the protocol does not name, which go back with the call.
    var extra: JSONObject = [:]
    var extraBytes = 0

    init(position: Int) { self.position = position }
}

extension WireScanner {
    mutating func toolCallDelta(at position: Int) throws(WireSyntaxError) -> ToolCallDelta {
        var delta = ToolCallDelta(position: position)
        try object { (scanner, key) throws(WireSyntaxError) in
            if key("index") {
                delta.index = try scanner.count()
            } else if key("id") {
                delta.id = try scanner.textOrNothing()
            } else if key("function"), try scanner.peek() == UInt8(ascii: "{") {
                try scanner.readFunction(into: &delta)
            } else if key("type") || key("function") {
                try scanner.skip()
            } else {
                try scanner.readExtra(key, into: &delta)
            }
        }
        return delta
    }

    private mutating func readExtra(_ key: WireKey, into delta: inout ToolCallDelta) throws(WireSyntaxError) {
        let name = String(decoding: key.raw, as: UTF8.self)
        let bytes = try raw()
        delta.extraBytes += name.utf8.count + bytes.count
        guard bytes.count <= ToolCallAssembly.maximumExtra, let value = try? JSONValue(parsing: bytes) else { return }
        if value != .null { delta.extra[name] = value }
    }

    mutating func readFunction(into delta: inout ToolCallDelta) throws(WireSyntaxError) {
        var name: String?
        var arguments: [UInt8] = []
        try object { (scanner, key) throws(WireSyntaxError) in
            if key("name") {
                name = try scanner.textOrNothing()
            } else if key("arguments") {
                switch try scanner.peek() {
                case UInt8(ascii: "\""): try scanner.string(into: &arguments)
                // Some servers send the object itself in place of its text.
                case UInt8(ascii: "{"): arguments += try scanner.raw()
                default: try scanner.skip()
                }
            } else {
                try scanner.skip()
            }
        }
        delta.name = name
        delta.arguments = arguments
    }

    private mutating func textOrNothing() throws(WireSyntaxError) -> String? {
        guard try peek() == UInt8(ascii: "\"") else {
            try skip()
            return nil
        }
        let text = try string()
        return text.isEmpty ? nil : text
    }
}
