import ChatModel
import CurlClient
import Testing

@testable import OpenAIChat

/// Streams as servers send them, read without a network.
enum Transcript {
    struct Outcome: Equatable, CustomStringConvertible {
        var response: ChatResponse?
        var fault: AnswerFault?
        var streamed = ""

        var description: String { fault.map { "\($0)" } ?? response.map { "\($0)" } ?? "" }
    }

    static func events(_ data: [String], done: Bool = true) -> String {
        (data + (done ? ["[DONE]"] : [])).map { "data: \($0)\n\n" }.joined()
    }

    static func delta(_ delta: String, finish: String? = nil) -> String {
        "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":\(delta),\"finish_reason\":"
            + (finish.map { "\"\($0)\"" } ?? "null") + "}]}"
    }

    static func read(
        _ pieces: [ArraySlice<UInt8>],
        takenIDs: Set<String> = [],
        finishReasonIsOptional: Bool = false,
        type: String = "text/event-stream",
        maximumOutput: Int = 100_000
    ) -> Outcome {
        var reader = Reader(type: type, maximumOutput: maximumOutput)
        for piece in pieces where !reader.take(piece) { break }
        return reader.outcome(takenIDs: takenIDs, finishReasonIsOptional: finishReasonIsOptional)
    }

    /// Reads piece by piece, and says at any time what it would come to if no more came.
    struct Reader {
        private var reader: ResponseReader
        private var streamed = ""

        init(type: String = "text/event-stream", maximumOutput: Int = 100_000) {
            reader = ResponseReader(AnswerBounds(maximumOutput: maximumOutput))
            reader.take(HTTPResponseHead(status: 200, headers: HTTPHeaders([("Content-Type", type)])))
        }

        /// Takes in a piece; false when no more is wanted.
        @discardableResult
        mutating func take(_ piece: ArraySlice<UInt8>) -> Bool {
            let isWanted = piece.withUnsafeBytes { reader.take($0) }
            streamed += reader.newText() ?? ""
            return isWanted
        }

        func outcome(takenIDs: Set<String> = [], finishReasonIsOptional: Bool = false) -> Outcome {
            do throws(AnswerFault) {
                let response = try reader.response(
                    isTaken: takenIDs.contains,
                    finishReasonIsOptional: finishReasonIsOptional
                )
                return Outcome(response: response, streamed: streamed)
            } catch {
                return Outcome(fault: error, streamed: streamed)
            }
        }
    }

    static func read(_ text: String, takenIDs: Set<String> = [], finishReasonIsOptional: Bool = false) -> Outcome {
        read([Array(text.utf8)[...]], takenIDs: takenIDs, finishReasonIsOptional: finishReasonIsOptional)
    }

    /// Reads a stream whole, cut in two at every byte, and byte by byte; all must agree.
    static func readAtEveryCut(_ text: String) -> Outcome {
        let bytes = Array(text.utf8)
        let whole = read([bytes[...]])
        for cut in bytes.indices.dropFirst() {
            let halves = read([bytes[..<cut], bytes[cut...]])
            #expect(halves == whole, "cut at \(cut)")
        }
        #expect(read(bytes.indices.map { bytes[$0...$0] }) == whole)
        return whole
    }
}
