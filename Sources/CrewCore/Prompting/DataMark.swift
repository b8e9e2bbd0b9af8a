import ChatModel

/// The word that sets apart in the prompts of a run what is data: `<data WORD>` … `</data WORD>`.
///
/// What a tool or another agent said may try to look like the end of data. It cannot: wherever the word stands in it,
/// the word is taken out. So the mark need not be secret, and it follows from the crew and its inputs alone: the same
/// request is the same bytes in every run, which the response cache and the providers' caches live on.
struct DataMark: Sendable, Hashable {
    /// Ten digits, which have no capital letters and no other spelling.
    let text: String
    private let bytes: [UInt8]

    init(_ definition: RunCreated) {
        var hash = StableHash()
        hash.combine(definition.crew.name)
        hash.combine(definition.crew.goal)
        hash.combine(definition.inputs.jsonText)
        text = String(1_000_000_000 + hash.value % 9_000_000_000)
        bytes = Array(text.utf8)
    }

    /// Whether the mark stands in a text.
    func isContained(in text: String) -> Bool { removed(from: text) != text }

    /// The text with an ellipsis wherever the mark stood.
    func removed(from text: String) -> String { text.replacing(bytes: bytes, with: "…") }
}
