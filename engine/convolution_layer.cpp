/*
 * convolution_layer.cpp - our convolutions, as layers of OpenCV's networks
 *
 * Layers whose every output comes from all inputs are ours, and those whose
 * every output comes from one.  What stands behind a layer and only limits its
 * outputs is done by it, as OpenCV's own do.
 */
#include <cfloat>
#include <memory>
#include <vector>

#include <opencv2/dnn.hpp>
#include <opencv2/dnn/all_layers.hpp>
#include <opencv2/dnn/layer.details.hpp>

#include "convolution.h"
#include "convolution_layer.h"

namespace
{
class ConvolutionLayer : public cv::dnn::Layer
{
  public:
    ConvolutionLayer(const cv::dnn::LayerParams &params,
                     const struct convolution_shape &shape,
                     const cv::Mat &weights, const cv::Mat &bias)
        : convolution(convolution_create(&shape, weights.ptr<float>(),
                                         bias.ptr<float>(),
                                         convolution_skill()),
                      convolution_destroy),
          outputs(static_cast<int>(shape.outputs))
    {
        name = params.name;
        type = params.type;
    }

    bool getMemoryShapes(const std::vector<cv::dnn::MatShape> &ins, int,
                         std::vector<cv::dnn::MatShape> &outs,
                         std::vector<cv::dnn::MatShape> &) const override
    {
        const cv::dnn::MatShape &in = ins.at(0);

        CV_Assert(in.size() == 4);
        outs.assign(1,
                    {in[0], outputs,
                     static_cast<int>(convolution_height(
                         convolution.get(), static_cast<std::size_t>(in[2]))),
                     static_cast<int>(convolution_width(
                         convolution.get(), static_cast<std::size_t>(in[3])))});
        return false;
    }

    bool setActivation(const cv::Ptr<cv::dnn::ActivationLayer> &layer) override
    {
        cv::Ptr<cv::dnn::ReLULayer> half =
            layer.dynamicCast<cv::dnn::ReLULayer>();
        cv::Ptr<cv::dnn::ReLU6Layer> both =
            layer.dynamicCast<cv::dnn::ReLU6Layer>();

        if (is_clamped)
            return false;
        if (half && half->negativeSlope == 0)
            convolution_clamp(convolution.get(), 0, FLT_MAX);
        else if (both)
            convolution_clamp(convolution.get(), both->minValue,
                              both->maxValue);
        else
            return false;
        is_clamped = true;
        return true;
    }

    void forward(cv::InputArrayOfArrays in_list,
                 cv::OutputArrayOfArrays out_list,
                 cv::OutputArrayOfArrays) override
    {
        std::vector<cv::Mat> ins, outs;

        in_list.getMatVector(ins);
        out_list.getMatVector(outs);
        CV_Assert(ins[0].type() == CV_32F && ins[0].isContinuous() &&
                  outs[0].isContinuous());
        for (int i = 0; i < ins[0].size[0]; i++)
            convolution_run(convolution.get(), ins[0].ptr<float>(i),
                            static_cast<std::size_t>(ins[0].size[2]),
                            static_cast<std::size_t>(ins[0].size[3]),
                            outs[0].ptr<float>(i));
    }

  private:
    std::unique_ptr<struct convolution, decltype(&convolution_destroy)>
        convolution;
    int outputs;
    bool is_clamped = false;
};

bool is_plain(const cv::dnn::BaseConvolutionLayer &layer)
{
    const std::vector<cv::Mat> &blobs = layer.blobs;

    return layer.kernel_size.size() == 2 && layer.padMode.empty() &&
           layer.strides[0] == layer.strides[1] && layer.dilations[0] == 1 &&
           layer.dilations[1] == 1 && blobs.size() == 2 && blobs[0].dims == 4 &&
           blobs[0].type() == CV_32F && blobs[1].type() == CV_32F &&
           blobs[0].isContinuous() && blobs[1].isContinuous();
}

struct convolution_shape shape_of(const cv::dnn::BaseConvolutionLayer &layer,
                                  int groups)
{
    struct convolution_shape shape = {};

    shape.outputs = static_cast<std::size_t>(layer.blobs[0].size[0]);
    shape.inputs = static_cast<std::size_t>(layer.blobs[0].size[1]) *
                   static_cast<std::size_t>(groups);
    shape.kernel_height = layer.kernel_size[0];
    shape.kernel_width = layer.kernel_size[1];
    shape.stride = layer.strides[0];
    shape.pad_top = layer.pads_begin[0];
    shape.pad_left = layer.pads_begin[1];
    shape.pad_bottom = layer.pads_end[0];
    shape.pad_right = layer.pads_end[1];
    shape.by_plane = layer.blobs[0].size[1] == 1 &&
                     layer.blobs[0].size[0] == groups &&
                     convolution_can_go_by_plane(&shape);
    return shape;
}

/* OpenCV reads the parameters; what it would make of them is dropped. */
cv::Ptr<cv::dnn::Layer> create(cv::dnn::LayerParams &params)
{
    cv::Ptr<cv::dnn::BaseConvolutionLayer> theirs =
        cv::dnn::ConvolutionLayer::create(params);
    int groups = params.get<int>("group", 1);
    struct convolution_shape shape;
    cv::Ptr<cv::dnn::Layer> ours;

    if (!is_plain(*theirs))
        return theirs;
    shape = shape_of(*theirs, groups);
    if (groups != 1 && !shape.by_plane)
        return theirs;
    ours = cv::makePtr<ConvolutionLayer>(params, shape, theirs->blobs[0],
                                         theirs->blobs[1]);
    /* It has its own; the network would keep these as long as it lives. */
    params.blobs.clear();
    return ours;
}
} // namespace

void convolution_layer_register()
{
    static bool is_registered = false;

    if (convolution_skill() != SKILL_NONE && !is_registered)
        cv::dnn::LayerFactory::registerLayer("Convolution", create);
    is_registered = true;
}
