/*
 * networks.cpp - the neural networks, run by OpenCV
 *
 * OpenCV reports by exceptions; each function of the header catches them all
 * and keeps the reason.  OpenCV's own threads are switched off: photos are
 * worked on side by side, each on one core, which wastes none of them.
 */
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn.hpp>
#include <opencv2/imgproc.hpp>

#include "convolution_layer.h"
#include "errors.h"
#include "networks.h"
#include "reduction.h"

namespace
{
/* The detector halves its input five times, so both sides must be a multiple
 * of 32; the rest is filled up with black. */
const int detector_multiple = 32;

const int strides[NETWORKS_GRIDS] = {8, 16, 32};

/* The outputs of the detector, by kind and then by stride. */
const char *const detector_outputs[] = {
    "cls_8",  "cls_16",  "cls_32",  "obj_8", "obj_16", "obj_32",
    "bbox_8", "bbox_16", "bbox_32", "kps_8", "kps_16", "kps_32",
};

/* How many numbers each kind has for a cell. */
const std::size_t numbers_of_kind[] = {1, 1, 4, 10};

/* What a measure is called, and the outputs that make its numbers: one or two.
 */
const struct {
    const char *name;
    const char *outputs[2];
    std::size_t numbers;
} measures[MEASURE_COUNT] = {
    {"landmarks model", {"landmarks", nullptr}, 136},
    {"expression model", {"expression", nullptr}, 7},
    {"age model", {"age", "gender"}, 3},
};
} // namespace

struct networks {
    cv::dnn::Net detector;
    cv::dnn::Net embedder;
    cv::dnn::Net measures[MEASURE_COUNT]; /* empty until they are added */
    std::size_t vector_length = 0;
    std::vector<cv::String> outputs{std::begin(detector_outputs),
                                    std::end(detector_outputs)};
    std::vector<cv::Mat> found; /* the detector's outputs, lent to the view */
    char problem[NETWORKS_PROBLEM_BYTES] = "";
};

namespace
{
/* Runs `work` and turns whatever it throws into a sentence. */
template <typename Work> int guarded(char *problem, Work work)
{
    try {
        work();
        return 0;
    } catch (const cv::Exception &exception) {
        snprintf(problem, NETWORKS_PROBLEM_BYTES, "%s", exception.err.c_str());
    } catch (const std::exception &exception) {
        snprintf(problem, NETWORKS_PROBLEM_BYTES, "%s", exception.what());
    } catch (...) {
        snprintf(problem, NETWORKS_PROBLEM_BYTES, "unknown exception");
    }
    return E_SYSTEM;
}

/* OpenCV copies what it needs, so the file's bytes may go afterwards. */
cv::dnn::Net load(const char *what, const void *bytes, std::size_t len)
{
    try {
        cv::dnn::Net net =
            cv::dnn::readNetFromONNX(static_cast<const char *>(bytes), len);

        net.setPreferableBackend(cv::dnn::DNN_BACKEND_OPENCV);
        net.setPreferableTarget(cv::dnn::DNN_TARGET_CPU);
        return net;
    } catch (const cv::Exception &exception) {
        throw std::runtime_error(
            std::string("the ") + what +
            " is no network that OpenCV can read: " + exception.err);
    }
}

/* A header over the caller's bytes; nothing is copied, nothing is written. */
cv::Mat borrowed(const unsigned char *bytes, int width, int height)
{
    return cv::Mat(height, width, CV_8UC3, const_cast<unsigned char *>(bytes));
}

/* One number leads back from what was shown to the picture. */
cv::Mat shrunk(const struct bitmap &picture, double scale)
{
    cv::Mat small;

    if (scale >= 1)
        return borrowed(picture.bytes, picture.width, picture.height);
    small.create(reduction_length(picture.height, 1 / scale),
                 reduction_length(picture.width, 1 / scale), CV_8UC3);
    reduction_run(&picture, 1 / scale, small.ptr());
    return small;
}

cv::Mat turned(const cv::Mat &picture, enum turn turn)
{
    static const int codes[TURN_COUNT] = {-1, cv::ROTATE_90_CLOCKWISE,
                                          cv::ROTATE_180,
                                          cv::ROTATE_90_COUNTERCLOCKWISE};
    cv::Mat result;

    if (turn == TURN_NONE)
        return picture;
    cv::rotate(picture, result, codes[turn]);
    return result;
}

/* Never less than two cells of the coarsest grid: with one row of many, OpenCV
 * 4.6 answers with what it finds behind the end of its own memory. */
int up_to_multiple(int length)
{
    return std::max(2, (length + detector_multiple - 1) / detector_multiple) *
           detector_multiple;
}

/* The picture with black at its right and bottom, as the detector wants it. */
cv::Mat padded(const cv::Mat &picture)
{
    cv::Mat result;

    cv::copyMakeBorder(picture, result, 0,
                       up_to_multiple(picture.rows) - picture.rows, 0,
                       up_to_multiple(picture.cols) - picture.cols,
                       cv::BORDER_CONSTANT, cv::Scalar());
    return result;
}

/* Planes of bytes: the network's first layer makes floats of them, and what is
 * copied until then is a fourth. */
cv::Mat bytes_of(const cv::Mat &picture, bool red_first)
{
    return cv::dnn::blobFromImage(picture, 1, cv::Size(), cv::Scalar(),
                                  red_first, false, CV_8U);
}

/* A file with other outputs than ours is noticed here, not by reading past
 * their end. */
const float *output(const struct networks &networks, std::size_t kind,
                    std::size_t grid, std::size_t cells)
{
    const cv::Mat &found = networks.found[kind * NETWORKS_GRIDS + grid];

    if (found.type() != CV_32F || !found.isContinuous() ||
        found.total() != cells * numbers_of_kind[kind])
        throw std::runtime_error("the detector's outputs have other sizes "
                                 "than YuNet's");
    return found.ptr<float>();
}

void show(struct networks &networks, const cv::Mat &picture,
          struct detector_view &view)
{
    cv::Mat shown = padded(picture);

    view.width = picture.cols;
    view.height = picture.rows;
    networks.detector.setInput(bytes_of(shown, false));
    networks.detector.forward(networks.found, networks.outputs);

    for (std::size_t i = 0; i < NETWORKS_GRIDS; i++) {
        struct detector_grid &grid = view.grids[i];
        std::size_t cells;

        grid.stride = strides[i];
        grid.columns = shown.cols / strides[i];
        grid.rows = shown.rows / strides[i];
        cells = static_cast<std::size_t>(grid.columns) *
                static_cast<std::size_t>(grid.rows);
        grid.faces = output(networks, 0, i, cells);
        grid.objects = output(networks, 1, i, cells);
        grid.boxes = output(networks, 2, i, cells);
        grid.points = output(networks, 3, i, cells);
    }
}

/* The embedders we know take red first; their graphs scale by themselves. */
cv::Mat embed(struct networks &networks, const cv::Mat &crop)
{
    cv::Mat vector;

    networks.embedder.setInput(bytes_of(crop, true));
    vector = networks.embedder.forward();
    if (vector.type() != CV_32F || !vector.isContinuous())
        throw std::runtime_error("the embedder's output is no float vector");
    return vector;
}

/* They take what embedders take. */
void measure_crop(cv::dnn::Net &net, enum measure measure, const cv::Mat &crop,
                  float *numbers)
{
    std::vector<cv::String> outputs;
    std::vector<cv::Mat> found;
    std::size_t count = 0;

    for (const char *output : measures[measure].outputs)
        if (output)
            outputs.emplace_back(output);
    net.setInput(bytes_of(crop, true));
    net.forward(found, outputs);
    for (const cv::Mat &part : found) {
        if (part.type() != CV_32F || !part.isContinuous() ||
            count + part.total() > measures[measure].numbers)
            break;
        std::copy_n(part.ptr<float>(), part.total(), numbers + count);
        count += part.total();
    }
    if (count != measures[measure].numbers)
        throw std::runtime_error(std::string("the ") + measures[measure].name +
                                 "'s outputs have other sizes than ours");
}

/* Runs both on a black square: a wrong file shows itself at the start. */
void try_out(struct networks &networks)
{
    struct detector_view view;

    show(networks, cv::Mat::zeros(64, 64, CV_8UC3), view);
    networks.vector_length =
        embed(networks, cv::Mat::zeros(NETWORKS_CROP, NETWORKS_CROP, CV_8UC3))
            .total();
    if (networks.vector_length != 128 && networks.vector_length != 256)
        throw std::runtime_error("the embedder's vectors have neither 128 nor "
                                 "256 numbers");
}
} // namespace

void networks_library_init(void)
{
    cv::setNumThreads(1);
    convolution_layer_register();
    /* What it has to say comes back to us in exceptions. */
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
}

struct networks *networks_create(const struct networks_models *models,
                                 char *problem)
{
    std::unique_ptr<struct networks> networks;
    int error = guarded(problem, [&] {
        networks = std::make_unique<struct networks>();
        networks->detector =
            load("detector", models->detector, models->detector_bytes);
        networks->embedder =
            load("embedder", models->embedder, models->embedder_bytes);
        try_out(*networks);
    });

    return error ? nullptr : networks.release();
}

void networks_destroy(struct networks *networks)
{
    delete networks;
}

size_t networks_vector_length(const struct networks *networks)
{
    return networks->vector_length;
}

const char *networks_problem(const struct networks *networks)
{
    return networks->problem;
}

int networks_detect(struct networks *networks, const struct bitmap *picture,
                    int longest, enum turn turn, struct detector_view *view)
{
    return guarded(networks->problem, [&] {
        int side = std::max(picture->width, picture->height);

        view->scale = std::min(1.0, static_cast<double>(longest) / side);
        view->turn = turn;
        show(*networks, turned(shrunk(*picture, view->scale), turn), *view);
    });
}

int networks_cut(struct networks *networks, const struct bitmap *picture,
                 const double *matrix, unsigned char *crop)
{
    return guarded(networks->problem, [&] {
        cv::Mat square(NETWORKS_CROP, NETWORKS_CROP, CV_8UC3, crop);

        cv::warpAffine(
            borrowed(picture->bytes, picture->width, picture->height), square,
            cv::Mat(2, 3, CV_64F, const_cast<double *>(matrix)), square.size(),
            cv::INTER_LINEAR, cv::BORDER_CONSTANT, cv::Scalar());
    });
}

int networks_embed(struct networks *networks, const unsigned char *crop,
                   float *vector)
{
    return guarded(networks->problem, [&] {
        cv::Mat result =
            embed(*networks, borrowed(crop, NETWORKS_CROP, NETWORKS_CROP));

        std::memcpy(vector, result.ptr<float>(),
                    networks->vector_length * sizeof *vector);
    });
}

int networks_add(struct networks *networks, enum measure measure,
                 const void *bytes, size_t len)
{
    int error = guarded(networks->problem, [&] {
        float numbers[NETWORKS_NUMBERS_MAX];
        cv::dnn::Net net = load(measures[measure].name, bytes, len);

        measure_crop(net, measure,
                     cv::Mat::zeros(NETWORKS_CROP, NETWORKS_CROP, CV_8UC3),
                     numbers);
        networks->measures[measure] = net;
    });

    return error ? E_INVALID : 0;
}

bool networks_has(const struct networks *networks, enum measure measure)
{
    return !networks->measures[measure].empty();
}

int networks_measure(struct networks *networks, enum measure measure,
                     const unsigned char *crop, float *numbers)
{
    return guarded(networks->problem, [&] {
        measure_crop(networks->measures[measure], measure,
                     borrowed(crop, NETWORKS_CROP, NETWORKS_CROP), numbers);
    });
}
